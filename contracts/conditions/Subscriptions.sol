// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ICondition} from "../interfaces/ICondition.sol";
import {ISubscriptions} from "../interfaces/ISubscriptions.sol";
import {Periods} from "../libraries/Periods.sol";
import {Reader} from "../libraries/Reader.sol";

/// @title Subscriptions
/// @dev What it promises is written in ISubscriptions.
contract Subscriptions is ISubscriptions {
    /// @inheritdoc ISubscriptions
    mapping(bytes32 planId => mapping(address subscriber => uint40)) public paidUntil;

    /// @inheritdoc ISubscriptions
    function subscribe(Plan calldata plan, address subscriber, uint32 terms) external returns (uint40 until) {
        if (subscriber == address(0)) revert InvalidSubscriber(subscriber);
        bytes32 planId = planIdOf(plan);
        until = _prolonged(paidUntil[planId][subscriber], plan.termLength, terms);
        paidUntil[planId][subscriber] = until;
        emit Subscribed(planId, subscriber, plan.seller, terms, until);
        SafeERC20.safeTransferFrom(IERC20(plan.token), msg.sender, plan.seller, uint256(plan.price) * terms);
    }

    /// @inheritdoc ICondition
    function isAllowed(bytes32, address requester, bytes calldata context) external view returns (bool) {
        (Plan memory plan, address subscriber) = abi.decode(context, (Plan, address));
        uint256 until = paidUntil[keccak256(abi.encode(plan))][Reader.accountOf(subscriber, requester)];
        return !Periods.isOver(until, block.timestamp);
    }

    /// @inheritdoc ISubscriptions
    function planIdOf(Plan calldata plan) public pure returns (bytes32) {
        return keccak256(abi.encode(plan));
    }

    /// @dev paidUntil' = max(now, paidUntil) + terms * termLength
    function _prolonged(uint40 current, uint32 termLength, uint32 terms) private view returns (uint40) {
        uint256 from = current > block.timestamp ? current : block.timestamp;
        uint256 until = from + uint256(terms) * termLength;
        uint256 latest = type(uint40).max;
        if (terms == 0 || until > latest) revert PaidUntilOutOfRange(terms, until, latest);
        return uint40(until);
    }
}
