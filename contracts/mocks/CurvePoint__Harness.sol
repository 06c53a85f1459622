// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CurvePoint} from "../libraries/CurvePoint.sol";

/// @dev Opens internal libraries to tests.
contract CurvePoint__Harness {
    function parse(bytes calldata key) external view returns (bytes1 prefix, bytes32 x) {
        return CurvePoint.parse(key);
    }

    function checkXOnly(bytes32 key) external view {
        CurvePoint.checkXOnly(key);
    }
}
