// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Checks of published secp256k1 points
/// @notice A key that is not a point of the curve would make every share for it useless, so it is refused when published.
/// @dev SEC 2, section 2.4.1: y^2 = x^3 + 7 over F_p, order n, cofactor 1, so every point but infinity generates the whole
/// group. A compressed key (SEC 1, section 2.3.3) is 0x02 or 0x03, by the parity of y, and 32 bytes of x.
library CurvePoint {
    uint256 internal constant FIELD = 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f;
    uint256 internal constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    uint256 private constant LENGTH = 33;

    /// @notice A compressed key has `length` bytes; `expected` are needed.
    error InvalidKeyLength(uint256 length, uint256 expected);
    /// @notice A compressed key starts with `prefix`, which is neither 0x02 nor 0x03.
    error InvalidKeyPrefix(bytes1 prefix);
    /// @notice The x coordinate must be below `bound` (the field's prime; the group's order for an x-only key) and, for an x-only
    /// key, not zero.
    error CoordinateOutOfRange(uint256 x, uint256 bound);
    /// @notice No point of the curve has this x coordinate: x^3 + 7 is not a square.
    error NotOnCurve(uint256 x);

    /// @notice Splits a compressed key into its prefix and its x coordinate, once it is known to be a point.
    function parse(bytes calldata key) internal view returns (bytes1 prefix, bytes32 x) {
        if (key.length != LENGTH) revert InvalidKeyLength(key.length, LENGTH);
        prefix = key[0];
        if (prefix != 0x02 && prefix != 0x03) revert InvalidKeyPrefix(prefix);
        x = bytes32(key[1:]);
        if (uint256(x) >= FIELD) revert CoordinateOutOfRange(uint256(x), FIELD);
        if (!_isOnCurve(uint256(x))) revert NotOnCurve(uint256(x));
    }

    /// @notice Checks an x-only key with even y. 0 < x < n because ecrecover, which multiplies by it, takes x as a scalar.
    function checkXOnly(bytes32 key) internal view {
        uint256 x = uint256(key);
        if (x == 0 || x >= ORDER) revert CoordinateOutOfRange(x, ORDER);
        if (!_isOnCurve(x)) revert NotOnCurve(x);
    }

    /// @dev Euler's criterion: a is a square iff a^((p-1)/2) = 1 mod p. x^3 + 7 is never 0, since -7 is not a cube mod p.
    function _isOnCurve(uint256 x) private view returns (bool) {
        uint256 a = addmod(mulmod(mulmod(x, x, FIELD), x, FIELD), 7, FIELD);
        // The precompile modexp (EIP-198) cannot fail on 32-byte arguments and answers 32 bytes.
        (, bytes memory power) = address(5).staticcall(abi.encode(32, 32, 32, a, (FIELD - 1) / 2, FIELD));
        return abi.decode(power, (uint256)) == 1;
    }
}
