// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICondition} from "../interfaces/ICondition.sol";
import {IPayToReadShop} from "../interfaces/IPayToReadShop.sol";

/// @title A pay-to-read shop
/// @dev What it promises is written in IPayToReadShop.
contract PayToReadShop is IPayToReadShop {
    /// @inheritdoc IPayToReadShop
    mapping(address seller => mapping(bytes32 item => uint256)) public priceOf;
    /// @inheritdoc IPayToReadShop
    mapping(address seller => mapping(bytes32 item => mapping(address reader => bool))) public hasBought;
    /// @inheritdoc IPayToReadShop
    mapping(address seller => uint256) public takingsOf;

    /// @inheritdoc IPayToReadShop
    function setPrice(bytes32 item, uint256 price) external {
        priceOf[msg.sender][item] = price;
        emit Priced(msg.sender, item, price);
    }

    /// @inheritdoc IPayToReadShop
    function buy(address seller, bytes32 item, address reader) external payable {
        uint256 price = priceOf[seller][item];
        if (price == 0) revert NotForSale(seller, item);
        if (msg.value != price) revert WrongPrice(msg.value, price);
        if (reader == address(0)) revert InvalidReader(reader);
        if (hasBought[seller][item][reader]) revert AlreadyBought(item, reader);
        hasBought[seller][item][reader] = true;
        takingsOf[seller] += price;
        emit Bought(seller, item, reader, msg.sender, price);
    }

    /// @inheritdoc IPayToReadShop
    function withdraw() external returns (uint256 amount) {
        amount = takingsOf[msg.sender];
        if (amount == 0) revert NoTakings(msg.sender);
        takingsOf[msg.sender] = 0;
        emit TakingsPaid(msg.sender, amount);
        bool isPaid;
        address seller = msg.sender;
        // No return data is copied: whatever the seller answers costs nothing here.
        assembly ("memory-safe") {
            isPaid := call(gas(), seller, amount, 0, 0, 0, 0)
        }
        if (!isPaid) revert EtherRefused(msg.sender, amount);
    }

    /// @inheritdoc ICondition
    function isAllowed(bytes32, address requester, bytes calldata context) external view returns (bool) {
        (address seller, bytes32 item) = abi.decode(context, (address, bytes32));
        return hasBought[seller][item][requester];
    }
}
