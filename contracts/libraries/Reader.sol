// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Whose tokens, payments or places a condition looks at
library Reader {
    /// @dev A context names an account of the reader; zero stands for the requester itself, the policy's `recipientSigner`.
    function accountOf(address named, address requester) internal pure returns (address) {
        return named == address(0) ? requester : named;
    }
}
