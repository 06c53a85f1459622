// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICondition} from "./ICondition.sol";

/// @title A pay-to-read shop: decentralized rights management in one contract (VIII.D)
/// @notice A seller prices its items in ether. Whoever buys one may read what the seller shares under a policy that names this shop.
/// The seller shares with a customer before the sale; nodes hold the fractions, and nothing opens until the payment is on chain.
/// @dev Context: abi.encode(address seller, bytes32 item). The reader is the policy's `recipientSigner`, which the buyer names: it may be
/// its own, or that of whom the purchase is a present for. Once read, content is sold; so purchases do not end.
///
/// Warnings
/// - The shop does not know whether the seller has shared: a buyer looks for its policy first, by its request signer.
/// - Takings wait here until the seller fetches them, so a seller that cannot receive ether hinders no sale.
///
/// Invariant: balance = sum of takings (ether forced upon the contract aside).
interface IPayToReadShop is ICondition {
    /// @notice `item` of `seller` now costs `price` wei; 0 takes it off the shelf.
    event Priced(address indexed seller, bytes32 indexed item, uint256 price);
    /// @notice `reader` may read `item` from now on; `buyer` paid `price` wei.
    event Bought(address indexed seller, bytes32 indexed item, address indexed reader, address buyer, uint256 price);
    /// @notice `seller` fetched its takings.
    event TakingsPaid(address indexed seller, uint256 amount);

    /// @notice The seller does not offer it (now).
    error NotForSale(address seller, bytes32 item);
    /// @notice The exact price is due, so a price that changed meanwhile harms nobody.
    error WrongPrice(uint256 paid, uint256 price);
    error AlreadyBought(bytes32 item, address reader);
    error InvalidReader(address reader);
    error NoTakings(address seller);
    error EtherRefused(address seller, uint256 amount);

    /// @notice Offers one of the caller's items, or changes its price.
    /// @param price In wei; 0 takes it off the shelf. Purchases made stay.
    function setPrice(bytes32 item, uint256 price) external;

    /// @notice Buys `item` for `reader`, the address that signs the reader's requests to nodes.
    function buy(address seller, bytes32 item, address reader) external payable;

    /// @notice Pays the caller what its items brought in.
    function withdraw() external returns (uint256 amount);

    /// @notice Wei; 0 = not for sale.
    function priceOf(address seller, bytes32 item) external view returns (uint256);

    function hasBought(address seller, bytes32 item, address reader) external view returns (bool);

    function takingsOf(address seller) external view returns (uint256);
}
