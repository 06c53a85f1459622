// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICondition} from "../interfaces/ICondition.sol";
import {Periods} from "../libraries/Periods.sol";

/// @title Yes within a time: [from, until) in Unix seconds
/// @dev Context: abi.encode(uint256 from, uint256 until). A policy's own start and end say the same for the whole of it; this is for parts
/// of a composite, and for times after the policy was created.
contract TimeWindow is ICondition {
    /// @inheritdoc ICondition
    function isAllowed(bytes32, address, bytes calldata context) external view returns (bool) {
        (uint256 from, uint256 until) = abi.decode(context, (uint256, uint256));
        return block.timestamp >= from && !Periods.isOver(until, block.timestamp);
    }
}
