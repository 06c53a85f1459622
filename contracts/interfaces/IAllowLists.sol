// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICondition} from "./ICondition.sol";

/// @title Allow lists, as a condition
/// @notice Every account keeps lists of its own; a policy may ask that its reader is on one. Taking somebody off ends the
/// access at the next block without touching the policy: the keeper may be another account than the owner.
/// @dev Context: abi.encode(address keeper, bytes32 list, address member); a zero member is the requester.
interface IAllowLists is ICondition {
    /// @notice `keeper` put `member` on its list, or took it off.
    event Listed(address indexed keeper, bytes32 indexed list, address indexed member, bool isListed);

    /// @notice Puts members on the caller's list, or takes them off.
    /// @param list A name of the keeper's choice.
    function setListed(bytes32 list, address[] calldata members, bool listed) external;

    function isListed(address keeper, bytes32 list, address member) external view returns (bool);
}
