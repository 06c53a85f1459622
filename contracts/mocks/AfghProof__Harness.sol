// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AfghProof} from "../libraries/AfghProof.sol";

/// @dev Opens internal libraries to tests.
contract AfghProof__Harness {
    function isTurnOf(
        AfghProof.G1 calldata c1,
        AfghProof.G2 calldata d,
        AfghProof.G1 calldata gamma,
        AfghProof.G2 calldata recipientKey
    ) external view returns (bool) {
        return AfghProof.isTurnOf(c1, d, gamma, recipientKey);
    }

    function hasOneExponent(
        AfghProof.G1 calldata ownerKey,
        AfghProof.G1 calldata c1,
        AfghProof.G1 calldata c,
        AfghProof.G1 calldata c2,
        uint256 h,
        uint256 z
    ) external view returns (bool) {
        return AfghProof.hasOneExponent(ownerKey, c1, c, c2, h, z);
    }

    function callPrecompile(
        address precompile,
        uint256 gasCap,
        bytes calldata input,
        uint256 expected
    ) external view returns (bytes memory) {
        return AfghProof.callPrecompile(precompile, gasCap, input, expected);
    }
}
