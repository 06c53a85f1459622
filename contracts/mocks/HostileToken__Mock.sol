// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @title Everything the escrow calls, and everybody who may call it, in one hostile contract
/// @notice In place of the token and the registry it calls the escrow back, once armed, from whatever it is asked to do; as
/// staker, policy manager, health check and slasher it is allowed every call.
contract HostileToken__Mock is IERC1271 {
    address public immutable escrow;
    uint256 public immutable totalSupply;
    uint256 public immutable maxSupply;

    /// @notice Wei by kind of movement.
    mapping(bytes4 selector => uint256) public moved;
    bool public struck;
    bytes public refusal;
    bytes private _strike;

    constructor(address escrow_, uint256 totalSupply_, uint256 maxSupply_) {
        escrow = escrow_;
        totalSupply = totalSupply_;
        maxSupply = maxSupply_;
    }

    /// @notice The call to make from within the next call that arrives.
    function arm(bytes calldata strike) external {
        _strike = strike;
        struck = false;
        refusal = "";
    }

    /// @notice Calls the escrow as staker or as one of the roles.
    function run(bytes calldata data) external {
        (bool done, bytes memory answer) = _call(data);
        if (done) return;
        // solhint-disable-next-line no-inline-assembly -- hands on the error as it came
        assembly ("memory-safe") {
            revert(add(answer, 32), mload(answer))
        }
    }

    /// @notice What the escrow answers to all these questions, hashed.
    function see(bytes[] calldata questions) external view returns (bytes32 hash) {
        for (uint256 i = 0; i < questions.length; ++i) {
            // solhint-disable-next-line avoid-low-level-calls -- any view of the escrow, by its data
            (bool done, bytes memory answer) = escrow.staticcall(questions[i]);
            hash = keccak256(abi.encode(hash, done, answer));
        }
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

    function openSuspension(address) external {
        _move(1);
    }

    function closeSuspension(address) external {
        _move(1);
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return IERC1271.isValidSignature.selector;
    }

    function _move(uint256 amount) private returns (bool) {
        moved[msg.sig] += amount;
        if (_strike.length > 0) {
            bytes memory strike = _strike;
            delete _strike;
            struck = true;
            (bool done, bytes memory answer) = _call(strike);
            if (!done) refusal = answer;
        }
        return true;
    }

    function _call(bytes memory data) private returns (bool done, bytes memory answer) {
        // solhint-disable-next-line avoid-low-level-calls -- any call of the escrow, by its data
        return escrow.call(data);
    }
}
