// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ICondition} from "../interfaces/ICondition.sol";
import {ISellerPayments} from "../interfaces/ISellerPayments.sol";
import {Reader} from "../libraries/Reader.sol";

/// @title Payments made to sellers
/// @dev What it promises is written in ISellerPayments.
contract SellerPayments is ISellerPayments {
    mapping(bytes32 sale => mapping(address buyer => uint256)) private _paid;

    /// @inheritdoc ISellerPayments
    function pay(Sale calldata sale, address buyer, uint256 amount) external {
        if (buyer == address(0)) revert InvalidBuyer(buyer);
        bytes32 id = keccak256(abi.encode(sale));
        uint256 total = _paid[id][buyer] + amount;
        _paid[id][buyer] = total;
        emit Paid(sale.seller, buyer, sale.item, sale.token, amount, total);
        SafeERC20.safeTransferFrom(IERC20(sale.token), msg.sender, sale.seller, amount);
    }

    /// @inheritdoc ICondition
    function isAllowed(bytes32, address requester, bytes calldata context) external view returns (bool) {
        (Sale memory sale, address buyer, uint256 minimum) = abi.decode(context, (Sale, address, uint256));
        return _paid[keccak256(abi.encode(sale))][Reader.accountOf(buyer, requester)] >= minimum;
    }

    /// @inheritdoc ISellerPayments
    function paid(Sale calldata sale, address buyer) external view returns (uint256) {
        return _paid[keccak256(abi.encode(sale))][buyer];
    }
}
