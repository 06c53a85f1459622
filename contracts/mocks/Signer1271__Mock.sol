// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @dev A contract that agrees to exactly one digest, whatever the signature, and approves one spender.
contract Signer1271__Mock is IERC1271 {
    bytes32 public agreed;

    function agree(bytes32 digest) external {
        agreed = digest;
    }

    function approve(IERC20 token, address spender, uint256 amount) external {
        token.approve(spender, amount);
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return digest == agreed ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}
