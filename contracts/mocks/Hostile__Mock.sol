// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @title Everything a contract calls, and everybody who may call it, in one hostile contract
/// @notice In place of the token and of all other contracts it calls `attacked` back, once armed, from whatever it is asked to do; as
/// their user and in all their roles it is allowed every call.
contract Hostile__Mock is IERC1271 {
    struct Call {
        bytes data;
        uint256 value;
    }

    struct Question {
        address whom;
        bytes data;
    }

    address public immutable attacked;

    /// @notice Amounts by kind of movement.
    mapping(bytes4 selector => uint256) public moved;
    bool public struck;
    Call private _strike;

    constructor(address attacked_) payable {
        attacked = attacked_;
    }

    receive() external payable {
        _move(msg.value);
    }

    /// @notice Makes one call, and another from within the first that arrives during it.
    function attack(Call calldata outer, Call calldata strike) external {
        _strike = strike;
        struck = false;
        _run(outer);
        delete _strike;
    }

    /// @notice Makes one call after another; a refused one is skipped.
    function inTurn(Call[] calldata calls) external {
        for (uint256 i = 0; i < calls.length; ++i) _call(calls[i]);
    }

    function run(bytes calldata data) external payable {
        _run(Call(data, msg.value));
    }

    /// @notice What is answered to all these questions, and what has moved, hashed.
    function see(Question[] calldata questions, bytes4[] calldata movements) external view returns (bytes32 hash) {
        hash = keccak256(abi.encode(attacked.balance));
        for (uint256 i = 0; i < questions.length; ++i) {
            // solhint-disable-next-line avoid-low-level-calls -- any view, by its data
            (bool done, bytes memory answer) = questions[i].whom.staticcall(questions[i].data);
            hash = keccak256(abi.encode(hash, done, answer));
        }
        for (uint256 i = 0; i < movements.length; ++i) hash = keccak256(abi.encode(hash, moved[movements[i]]));
    }

    function transfer(address, uint256 amount) external returns (bool) {
        return _move(amount);
    }

    function transferFrom(address, address, uint256 amount) external returns (bool) {
        return _move(amount);
    }

    function mint(address, uint256 amount) external {
        _move(amount);
    }

    function burn(uint256 amount) external {
        _move(amount);
    }

    function burnFrom(address, uint256 amount) external {
        _move(amount);
    }

    function permit(address, address, uint256 amount, uint256, uint8, bytes32, bytes32) external {
        _move(amount);
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return IERC1271.isValidSignature.selector;
    }

    function _move(uint256 amount) internal returns (bool) {
        moved[msg.sig] += amount;
        if (_strike.data.length > 0) {
            Call memory strike = _strike;
            delete _strike;
            struck = true;
            _call(strike);
        }
        return true;
    }

    function _run(Call memory call_) private {
        (bool done, bytes memory answer) = _call(call_);
        if (done) return;
        // solhint-disable-next-line no-inline-assembly -- hands on the error as it came
        assembly ("memory-safe") {
            revert(add(answer, 32), mload(answer))
        }
    }

    function _call(Call memory call_) private returns (bool done, bytes memory answer) {
        // solhint-disable-next-line avoid-low-level-calls -- any call of the attacked, by its data
        return attacked.call{value: call_.value}(call_.data);
    }
}
