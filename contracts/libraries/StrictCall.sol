// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title View calls whose answer counts only if it is exactly a boolean
library StrictCall {
    /// @dev Failed: it reverted, ran out of its gas, has no code, or returned anything but the one word 0 or 1.
    enum Answer {
        Failed,
        No,
        Yes
    }

    /// @dev Asks `target` with at most `gasLimit`. However much it returns, one word is copied.
    function ask(address target, bytes memory data, uint256 gasLimit) internal view returns (Answer) {
        bool done;
        uint256 size;
        uint256 word;
        assembly ("memory-safe") {
            done := staticcall(gasLimit, target, add(data, 0x20), mload(data), 0x00, 0x20)
            size := returndatasize()
            word := mload(0x00)
        }
        if (!done || size != 32 || word > 1) return Answer.Failed;
        return word == 1 ? Answer.Yes : Answer.No;
    }
}
