// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICondition} from "./ICondition.sol";

/// @title Subscriptions, as a condition
/// @notice A subscriber pays a seller for whole terms of a plan; a policy may ask that the plan is paid until later than now (V.E).
/// @dev A plan is its hash: planId = keccak256(abi.encode(plan)). Nobody registers it, and changing its price makes another plan, so a
/// subscription that runs never changes. Context: abi.encode(Plan plan, address subscriber); a zero subscriber is the requester.
///
///   paidUntil' = max(now, paidUntil) + terms * termLength
///
/// Warnings: as for ISellerPayments: the money is the seller's at once.
interface ISubscriptions is ICondition {
    /// @param seller Who is paid.
    /// @param token ERC-20 it is paid in.
    /// @param price Base units per term.
    /// @param termLength Seconds of one term.
    /// @param item A name of the seller's choice.
    struct Plan {
        address seller;
        address token;
        uint128 price;
        uint32 termLength;
        bytes32 item;
    }

    /// @notice `subscriber` paid for `terms` more; the plan is paid until `paidUntil`, Unix seconds.
    event Subscribed(
        bytes32 indexed planId,
        address indexed subscriber,
        address indexed seller,
        uint256 terms,
        uint256 paidUntil
    );

    error InvalidSubscriber(address subscriber);
    /// @notice At least one term, and not past `maximum` Unix seconds (2^40 - 1).
    error PaidUntilOutOfRange(uint256 terms, uint256 paidUntil, uint256 maximum);

    /// @notice Pays price * terms, which the caller approved, for `subscriber`.
    /// @return paidUntil First second not paid for any more.
    function subscribe(Plan calldata plan, address subscriber, uint32 terms) external returns (uint40 paidUntil);

    /// @notice First second not paid for; 0 if never subscribed.
    function paidUntil(bytes32 planId, address subscriber) external view returns (uint40);

    function planIdOf(Plan calldata plan) external pure returns (bytes32);
}
