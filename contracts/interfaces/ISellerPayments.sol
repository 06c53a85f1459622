// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICondition} from "./ICondition.sol";

/// @title Payments made to sellers, as a condition
/// @notice A buyer pays a seller for an item through this contract, which passes the tokens on at once and remembers the sum. A
/// policy may ask that a sum was reached: pay-per-content (V.F, VIII.D).
/// @dev Context: abi.encode(Sale sale, address buyer, uint256 minimum); a zero buyer is the requester.
///
/// Warnings
/// - Nothing is ever paid back here: a seller that shares nothing for the money has been trusted wrongly.
/// - What counts is the amount asked of the token. A token that takes a fee from transfers gives the seller less.
/// - A token is as honest as its contract: the owner of the policy chooses it.
interface ISellerPayments is ICondition {
    /// @notice What payments are kept apart by.
    /// @param token ERC-20 it is paid in.
    /// @param item A name of the seller's choice, for example the keccak256 of a path.
    struct Sale {
        address seller;
        address token;
        bytes32 item;
    }

    /// @notice `buyer` now has paid `total` to `seller` for `item`.
    event Paid(
        address indexed seller,
        address indexed buyer,
        bytes32 indexed item,
        address token,
        uint256 amount,
        uint256 total
    );

    /// @notice The buyer cannot be the zero address, which contexts use for the requester.
    error InvalidBuyer(address buyer);

    /// @notice Pays `amount` of the sale's token, which the caller approved, to its seller, to the credit of `buyer`.
    function pay(Sale calldata sale, address buyer, uint256 amount) external;

    /// @notice What `buyer` has paid so far, in base units of the sale's token.
    function paid(Sale calldata sale, address buyer) external view returns (uint256);
}
