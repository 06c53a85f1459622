// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A condition of access: who may read, besides being named in the policy
/// @notice The owner of a policy names a contract and a context in it (V.F). Nodes ask the contract before they re-encrypt.
/// @dev A policy's `condition` is abi.encode(address condition, bytes context); its terms hold the hash. Nodes call by eth_call
/// from address 0, at the block they read policies at, with 3,000,000 gas and a few seconds.
///
/// Warnings
/// - A revert, a timeout or an answer that is no boolean is a no: neither the node's fault nor its downtime.
/// - Nothing is sent: what the condition depends on must be on chain before the request.
/// - The answer is each node's own reading, perhaps of different blocks. It should not flicker.
interface ICondition {
    /// @notice Whether `requester` may read under a policy now.
    /// @param policyId The policy asked about.
    /// @param requester The policy's `recipientSigner`.
    /// @param context What the owner fixed besides the contract.
    function isAllowed(bytes32 policyId, address requester, bytes calldata context) external view returns (bool);
}
