// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {StrictCall} from "../libraries/StrictCall.sol";
import {ICondition} from "../interfaces/ICondition.sol";
import {Composite} from "./Composite.sol";

/// @title Yes if its child says no
/// @dev Context: abi.encode(Child). A child that fails is no "no": then this fails too.
contract Not is Composite {
    /// @inheritdoc ICondition
    function isAllowed(bytes32 policyId, address requester, bytes calldata context) external view returns (bool) {
        Child memory child = abi.decode(context, (Child));
        StrictCall.Answer answer = _ask(policyId, requester, child, 1);
        if (answer == StrictCall.Answer.Failed) revert ChildFailed(0, child.condition);
        return answer == StrictCall.Answer.No;
    }
}
