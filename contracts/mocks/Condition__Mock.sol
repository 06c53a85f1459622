// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICondition} from "../interfaces/ICondition.sol";

/// @notice Answers as it was told, so that a node's reading of every kind of answer can be tested.
contract Condition__Mock is ICondition {
    enum Answer {
        No,
        Yes,
        Revert,
        OutOfGas,
        Two
    }

    Answer public answer;

    function setAnswer(Answer next) external {
        answer = next;
    }

    /// @dev Says yes only to the policy and requester that `context` encodes.
    function isAllowed(bytes32 policyId, address requester, bytes calldata context) external view returns (bool) {
        require(answer != Answer.Revert);
        if (answer == Answer.OutOfGas) return new bytes(1 << 40).length > 0;
        if (answer == Answer.Two) _returnTwo();
        (bytes32 expectedId, address expected) = abi.decode(context, (bytes32, address));
        return answer == Answer.Yes && (expectedId == 0 || policyId == expectedId) && requester == expected;
    }

    function _returnTwo() private pure {
        assembly ("memory-safe") {
            mstore(0, 2)
            return(0, 32)
        }
    }
}
