// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IKeyRegistry} from "../interfaces/IKeyRegistry.sol";
import {CurvePoint} from "../libraries/CurvePoint.sol";

/// @title Registry of public keys
/// @dev What it promises is written in IKeyRegistry.
contract KeyRegistry is IKeyRegistry {
    /// @dev Prefixes are packed with the signer: three words per account. A prefix of 0 = nothing published.
    struct Record {
        bytes32 encryptionKeyX;
        bytes32 verifyingKeyX;
        address requestSigner;
        bytes1 encryptionKeyPrefix;
        bytes1 verifyingKeyPrefix;
    }

    mapping(address account => Record) private _records;
    mapping(address owner => mapping(bytes32 pathId => bytes)) private _pathKeys;

    /// @inheritdoc IKeyRegistry
    function publish(bytes calldata encryptionKey, bytes calldata verifyingKey, address requestSigner) external {
        if (requestSigner == address(0)) revert InvalidRequestSigner(requestSigner);
        (bytes1 encryptionKeyPrefix, bytes32 encryptionKeyX) = CurvePoint.parse(encryptionKey);
        (bytes1 verifyingKeyPrefix, bytes32 verifyingKeyX) = CurvePoint.parse(verifyingKey);
        _records[msg.sender] = Record(
            encryptionKeyX,
            verifyingKeyX,
            requestSigner,
            encryptionKeyPrefix,
            verifyingKeyPrefix
        );
        emit KeysPublished(msg.sender, requestSigner, encryptionKey, verifyingKey);
    }

    /// @inheritdoc IKeyRegistry
    function publishPathKey(bytes32 pathId, bytes calldata pathKey) external {
        CurvePoint.parse(pathKey);
        _pathKeys[msg.sender][pathId] = pathKey;
        emit PathKeyPublished(msg.sender, pathId, pathKey);
    }

    /// @inheritdoc IKeyRegistry
    function keysOf(address account) external view returns (Keys memory keys) {
        Record memory record = _records[account];
        if (record.encryptionKeyPrefix == 0) return keys;
        keys.encryptionKey = abi.encodePacked(record.encryptionKeyPrefix, record.encryptionKeyX);
        keys.verifyingKey = abi.encodePacked(record.verifyingKeyPrefix, record.verifyingKeyX);
        keys.requestSigner = record.requestSigner;
    }

    /// @inheritdoc IKeyRegistry
    function pathKeyOf(address owner, bytes32 pathId) external view returns (bytes memory) {
        return _pathKeys[owner][pathId];
    }
}
