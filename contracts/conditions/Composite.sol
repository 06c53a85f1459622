// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICompositeCondition} from "../interfaces/ICompositeCondition.sol";
import {ICondition} from "../interfaces/ICondition.sol";
import {StrictCall} from "../libraries/StrictCall.sol";

/// @title What AllOf, AnyOf and Not share: asking children
abstract contract Composite is ICompositeCondition {
    uint256 private constant _MAX_CHILDREN = 32;
    /// @dev Gas kept back from children, for the rest of this call.
    uint256 private constant _KEPT_GAS = 10_000;

    /// @dev Asks children in order until one gives `decisive`; if none does, fails for the first that failed, else says the contrary.
    function _decide(
        bytes32 policyId,
        address requester,
        Child[] memory children,
        StrictCall.Answer decisive
    ) internal view returns (bool) {
        uint256 count = children.length;
        if (count == 0 || count > _MAX_CHILDREN) revert ChildCountOutOfRange(count, _MAX_CHILDREN);
        uint256 failed = count;
        for (uint256 i = 0; i < count; ++i) {
            StrictCall.Answer answer = _ask(policyId, requester, children[i], count - i);
            if (answer == decisive) return decisive == StrictCall.Answer.Yes;
            if (answer == StrictCall.Answer.Failed && failed == count) failed = i;
        }
        if (failed < count) revert ChildFailed(failed, children[failed].condition);
        return decisive == StrictCall.Answer.No;
    }

    /// @dev With an equal share of the gas for each of the `waiting` children.
    function _ask(
        bytes32 policyId,
        address requester,
        Child memory child,
        uint256 waiting
    ) internal view returns (StrictCall.Answer) {
        bytes memory data = abi.encodeCall(ICondition.isAllowed, (policyId, requester, child.context));
        uint256 left = gasleft();
        uint256 share = left > _KEPT_GAS ? (left - _KEPT_GAS) / waiting : 0;
        return StrictCall.ask(child.condition, data, share);
    }
}
