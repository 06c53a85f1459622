// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @notice An owner, sponsor or payer that is a contract and does what the test chose, whatever it is asked.
contract HostileParty__Mock {
    enum Mode {
        Agree,
        Revert,
        BurnGas,
        /// A megabyte that begins with the answer of agreement.
        ReturnMuch,
        /// A word that only begins with it.
        ReturnDirty,
        /// Half a word.
        ReturnLittle,
        /// Makes the calls it was given, and agrees.
        Reenter
    }

    Mode public mode;
    address private _attacked;
    bytes[] private _strikes;

    receive() external payable {
        _act();
    }

    /// @dev Also isValidSignature, so that it may try to change state.
    fallback() external payable {
        _act();
    }

    function setMode(Mode next) external {
        mode = next;
    }

    function arm(address attacked, bytes[] memory strikes) external {
        _attacked = attacked;
        _strikes = strikes;
    }

    function approve(IERC20 token, address spender) external {
        token.approve(spender, type(uint256).max);
    }

    function run(address target, bytes calldata data, uint256 value) external {
        // solhint-disable-next-line avoid-low-level-calls -- any call, by its data
        (bool done, bytes memory answer) = target.call{value: value}(data);
        if (done) return;
        // solhint-disable-next-line no-inline-assembly -- hands on the error as it came
        assembly ("memory-safe") {
            revert(add(answer, 32), mload(answer))
        }
    }

    function _act() private {
        require(mode != Mode.Revert);
        if (mode == Mode.Reenter) _strike();
        bytes32 agreed = bytes32(IERC1271.isValidSignature.selector);
        if (mode == Mode.ReturnDirty) agreed |= bytes32(uint256(1));
        uint256 size =
            mode == Mode.ReturnMuch
                ? 1_000_000
                : mode == Mode.ReturnLittle
                    ? 16
                    : 32;
        bool burns = mode == Mode.BurnGas;
        assembly {
            if burns {
                invalid()
            }
            mstore(0, agreed)
            return(0, size)
        }
    }

    /// @dev Agrees only if no strike succeeds. Each has gas enough, and not all of it: a forbidden write burns what it was given.
    function _strike() private {
        for (uint256 i = 0; i < _strikes.length; ++i) {
            // solhint-disable-next-line avoid-low-level-calls -- any call, by its data
            (bool done, ) = _attacked.call{gas: 1_500_000}(_strikes[i]);
            require(!done);
        }
    }
}
