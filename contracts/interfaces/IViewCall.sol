// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICondition} from "./ICondition.sol";

/// @title Any view call as a condition
/// @notice The owner fixes a contract and the call's bytes; nodes ask whether it returns true.
/// @dev Context: abi.encode(address target, bytes data). The answer must be the one word 0 or 1, so that the return
/// of a larger type is never taken for a boolean.
interface IViewCall is ICondition {
    /// @notice The call reverted, met no code, or returned no boolean.
    error ViewCallFailed(address target);
}
