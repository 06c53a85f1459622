// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Proofs about re-encryptions by the pairing engine
/// @notice Whether a node's answer is what its share of the re-encryption key makes of a capsule. Names are those of the engine: X_A is
/// the owner's key in G1, Y_B the recipient's in G2, Gamma the share's public point, C the capsule, (C1, D, C2) the answer.
/// @dev BLS12-381 by the precompiles of EIP-2537, so it needs a chain with the rules of Prague. Three traps of theirs: where there is no
/// precompile a call succeeds with empty output; a call with a wrong input burns all gas it was given; and infinity passes, which would
/// make every pairing equation true. So output lengths are checked, gas is capped at the price, and infinity is refused.
library AfghProof {
    /// @notice A point of G1: x and y, each as its upper 16 and lower 32 bytes.
    struct G1 {
        uint256 xHigh;
        uint256 xLow;
        uint256 yHigh;
        uint256 yLow;
    }

    /// @notice A point of G2: x = x0 + x1*u and y = y0 + y1*u, each as its upper 16 and lower 32 bytes.
    struct G2 {
        uint256 x0High;
        uint256 x0Low;
        uint256 x1High;
        uint256 x1Low;
        uint256 y0High;
        uint256 y0Low;
        uint256 y1High;
        uint256 y1Low;
    }

    /// @notice The order q of the groups.
    uint256 internal constant ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001;

    uint256 private constant FIELD_HIGH = 0x1a0111ea397fe69a4b1ba7b6434bacd7;
    uint256 private constant FIELD_LOW = 0x64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab;

    bytes32 private constant ANSWER_DOMAIN = keccak256("nkms/v1/afgh/answer");

    address private constant G1_MULTI_SCALAR = address(0x0c);
    address private constant PAIRING = address(0x0f);
    /// @dev EIP-2537: two terms at 12,000 each and a discount of 949/1000.
    uint256 private constant G1_MULTI_SCALAR_GAS = 22_776;
    /// @dev EIP-2537: 37,700 and 32,600 for each of two pairs.
    uint256 private constant PAIRING_GAS = 102_900;

    /// @notice The precompile gave `length` bytes of output where `expected` are due: it does not exist, or refuses its input, which is
    /// then no point of the group.
    error PrecompileFailed(address precompile, uint256 length, uint256 expected);
    /// @notice The argument at `position`, counted from 0, is the point at infinity.
    error PointAtInfinity(uint256 position);
    /// @notice A scalar of a proof must be in [1, `bound`).
    error ScalarOutOfRange(uint256 scalar, uint256 bound);

    /// @notice Whether e(C1, D) = e(Gamma, Y_B): the blinded key D belongs to the share that Gamma commits to.
    function isTurnOf(
        G1 calldata c1,
        G2 calldata d,
        G1 calldata gamma,
        G2 calldata recipientKey
    ) internal view returns (bool) {
        _requireFinite(c1, 0);
        _requireFinite(d, 1);
        _requireFinite(gamma, 2);
        _requireFinite(recipientKey, 3);
        // e(C1, D) * e(-Gamma, Y_B) = 1
        bytes memory output = callPrecompile(PAIRING, PAIRING_GAS, abi.encode(c1, d, _negate(gamma), recipientKey), 32);
        return abi.decode(output, (bool));
    }

    /// @notice Whether C1 = t*X_A and C2 = t*C for one t, by the proof h = H(X_A, C1, C, C2, z*X_A - h*C1, z*C - h*C2).
    function hasOneExponent(
        G1 calldata ownerKey,
        G1 calldata c1,
        G1 calldata c,
        G1 calldata c2,
        uint256 h,
        uint256 z
    ) internal view returns (bool) {
        _requireFinite(ownerKey, 0);
        _requireFinite(c1, 1);
        _requireFinite(c, 2);
        _requireFinite(c2, 3);
        _requireScalar(h);
        _requireScalar(z);
        bytes memory u1 = _nonceTimes(ownerKey, c1, h, z);
        bytes memory u2 = _nonceTimes(c, c2, h, z);
        bytes memory points = bytes.concat(abi.encode(ANSWER_DOMAIN, ownerKey, c1, c, c2), u1, u2);
        return (uint256(keccak256(points)) % (ORDER - 1)) + 1 == h;
    }

    /// @notice The output of a precompile, once it is known to have `expected` bytes.
    function callPrecompile(
        address precompile,
        uint256 gasCap,
        bytes memory input,
        uint256 expected
    ) internal view returns (bytes memory output) {
        bool success;
        (success, output) = precompile.staticcall{gas: gasCap}(input);
        uint256 length = success ? output.length : 0;
        if (length != expected) revert PrecompileFailed(precompile, length, expected);
    }

    /// @dev z*base - h*result, 128 bytes.
    function _nonceTimes(
        G1 calldata base,
        G1 calldata result,
        uint256 h,
        uint256 z
    ) private view returns (bytes memory) {
        return callPrecompile(G1_MULTI_SCALAR, G1_MULTI_SCALAR_GAS, abi.encode(base, z, result, ORDER - h), 128);
    }

    /// @dev (x, p - y) in two words. The precompile refuses coordinates that are not below p: for y above p the subtraction wraps to a
    /// number far above p, for y = 0 it gives p itself.
    function _negate(G1 calldata point) private pure returns (G1 memory) {
        unchecked {
            uint256 borrow = point.yLow > FIELD_LOW ? 1 : 0;
            return G1(point.xHigh, point.xLow, FIELD_HIGH - point.yHigh - borrow, FIELD_LOW - point.yLow);
        }
    }

    function _requireFinite(G1 calldata point, uint256 position) private pure {
        if (point.xHigh | point.xLow | point.yHigh | point.yLow == 0) revert PointAtInfinity(position);
    }

    function _requireFinite(G2 calldata point, uint256 position) private pure {
        uint256 x = point.x0High | point.x0Low | point.x1High | point.x1Low;
        uint256 y = point.y0High | point.y0Low | point.y1High | point.y1Low;
        if (x | y == 0) revert PointAtInfinity(position);
    }

    function _requireScalar(uint256 scalar) private pure {
        if (scalar == 0 || scalar >= ORDER) revert ScalarOutOfRange(scalar, ORDER);
    }
}
