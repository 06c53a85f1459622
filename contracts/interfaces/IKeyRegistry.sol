// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Public keys by address
/// @notice Lets `share('0x...')` find a recipient's keys, and anyone encrypt to a path key that an owner published.
/// @dev Every account writes for itself only. Keys are checked to be points of the curve; that their publisher knows the secret
/// is not checked and need not be: a wrong key harms only whoever published it.
///
/// Invariants: I-X3 `event_complete`: what is stored is what the last event said; I-X4 `no_admin`.
interface IKeyRegistry {
    /// @notice What an account published about itself; all empty if nothing.
    /// @param encryptionKey Compressed secp256k1 key (33 bytes) to which data is shared. It never signs.
    /// @param verifyingKey Compressed secp256k1 key (33 bytes) that checks its signatures inside plaintexts and fractions.
    /// @param requestSigner Address that signs its requests to nodes.
    struct Keys {
        bytes encryptionKey;
        bytes verifyingKey;
        address requestSigner;
    }

    event KeysPublished(
        address indexed account,
        address indexed requestSigner,
        bytes encryptionKey,
        bytes verifyingKey
    );
    event PathKeyPublished(address indexed owner, bytes32 indexed pathId, bytes pathKey);

    /// @notice The signer of requests cannot be the zero address, which every broken signature recovers to.
    error InvalidRequestSigner(address requestSigner);

    /// @notice Publishes or replaces the caller's keys.
    function publish(bytes calldata encryptionKey, bytes calldata verifyingKey, address requestSigner) external;

    /// @notice Publishes or replaces the key of one of the caller's paths, for others to encrypt to.
    /// @param pathId A name of the owner's choice, usually the keccak256 of the path.
    /// @param pathKey Compressed secp256k1 key, 33 bytes.
    function publishPathKey(bytes32 pathId, bytes calldata pathKey) external;

    function keysOf(address account) external view returns (Keys memory);

    /// @notice The published key of a path; empty if none.
    function pathKeyOf(address owner, bytes32 pathId) external view returns (bytes memory);
}
