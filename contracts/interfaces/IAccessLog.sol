// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICondition} from "./ICondition.sol";

/// @title The access log (VIII.H): who read under which policy, and when
/// @notice A policy may ask that its reader has recorded the access shortly before. Readers sign with the same key as their requests to
/// nodes; anybody may send the record, so that this key needs no ether.
/// @dev Context: abi.encode(uint256 validFor): an entry opens for so many seconds. The shorter, the closer is one entry to one access.
///
/// EIP-712 domain {name "NKMS AccessLog", version "1"}:
/// `Access(bytes32 policyId,bytes32 object,uint256 number,uint256 deadline)`, by the requester. `number` counts its entries under the
/// policy, so no signature counts twice and nobody else can add to the log in its name.
///
/// Warnings
/// - The reader says which object it is about to read (keccak256 of the capsule); a node cannot check it here, only that there is an entry.
/// - Entries are public for ever: policy, requester, object and time.
interface IAccessLog is ICondition {
    /// @notice The `number`-th access of `requester` under a policy, from 0.
    event AccessRecorded(bytes32 indexed policyId, address indexed requester, bytes32 indexed object, uint256 number);

    error AccessExpired(uint256 deadline, uint256 timestamp);
    /// @notice Not signed by `requester` as its `number`-th access; `recovered` is zero if it is no signature at all.
    error WrongAccessSigner(address recovered, address requester, uint256 number);

    /// @notice Records an access that `requester` signed. By anybody.
    /// @param object keccak256 of the capsule about to be re-encrypted.
    /// @param deadline First second at which the signature is no longer valid.
    function record(
        bytes32 policyId,
        address requester,
        bytes32 object,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice How many entries there are, and the Unix second of the last.
    function accessesOf(bytes32 policyId, address requester) external view returns (uint256 count, uint40 last);
}
