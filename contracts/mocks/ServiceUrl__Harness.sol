// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ServiceUrl} from "../libraries/ServiceUrl.sol";

/// @dev Opens internal libraries to tests.
contract ServiceUrl__Harness {
    function isAllowed(string calldata url) external pure returns (bool) {
        return ServiceUrl.isAllowed(bytes(url));
    }
}
