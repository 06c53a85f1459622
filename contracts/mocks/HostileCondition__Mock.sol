// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICondition} from "../interfaces/ICondition.sol";

/// @notice Does what its context, abi.encode(Mode, uint256), says, so that one contract plays all the children of a composite.
contract HostileCondition__Mock is ICondition {
    enum Mode {
        No,
        Yes,
        Revert,
        BurnGas,
        /// As many bytes as the number says, all zero but a one at the end of the first word.
        Return,
        /// The number itself, as a word.
        Word,
        /// Yes if it has at least that much gas: an answer that depends on who asks.
        WithGas
    }

    function isAllowed(bytes32, address, bytes calldata context) external view returns (bool) {
        (Mode mode, uint256 number) = abi.decode(context, (Mode, uint256));
        require(mode != Mode.Revert);
        if (mode == Mode.BurnGas) _burnGas();
        if (mode == Mode.Return) _return(1, number);
        if (mode == Mode.Word) _return(number, 32);
        if (mode == Mode.WithGas) return gasleft() >= number;
        return mode == Mode.Yes;
    }

    function _burnGas() private pure {
        assembly {
            invalid()
        }
    }

    function _return(uint256 word, uint256 size) private pure {
        assembly {
            mstore(0, word)
            return(0, size)
        }
    }
}
