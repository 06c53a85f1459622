// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICondition} from "../interfaces/ICondition.sol";
import {IViewCall} from "../interfaces/IViewCall.sol";
import {StrictCall} from "../libraries/StrictCall.sol";

/// @title Yes if a view call returns true
/// @dev What it promises is written in IViewCall.
contract ViewCall is IViewCall {
    /// @inheritdoc ICondition
    function isAllowed(bytes32, address, bytes calldata context) external view returns (bool) {
        (address target, bytes memory data) = abi.decode(context, (address, bytes));
        StrictCall.Answer answer = StrictCall.ask(target, data, gasleft());
        if (answer == StrictCall.Answer.Failed) revert ViewCallFailed(target);
        return answer == StrictCall.Answer.Yes;
    }
}
