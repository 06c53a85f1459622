// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {IStakingEscrow} from "../interfaces/IStakingEscrow.sol";
import {CurvePoint} from "../libraries/CurvePoint.sol";
import {ServiceUrl} from "../libraries/ServiceUrl.sol";
import {SuspensionClock} from "../libraries/SuspensionClock.sol";

/// @title Registry of nodes
/// @dev What it promises is written in INodeRegistry. Periods of 32 bits are checked by SafeCast, with the bits and the period; their
/// starts fit 40 bits: a start is at most the present second and 2^32 more. Seconds are below 2^40 until the year 36,812.
contract NodeRegistry is INodeRegistry, EIP712 {
    using Checkpoints for Checkpoints.Trace208;
    using Checkpoints for Checkpoints.Trace256;
    using SuspensionClock for Checkpoints.Trace208;

    /// @dev A bonding not yet in force is overwritten by the next one; what was in force moves to `formerWorkers`.
    /// @param workerFrom Second from which `worker` counts; 0 before the first bonding.
    /// @param bondCount Consents used so far: the next one's nonce.
    /// @param keyPrefix First byte of the encryption key; 0 = not registered.
    /// @param wasSuspended Whether there is anything to be found in `_suspensions`.
    /// @param formerWorkers Who counted from which second, before `workerFrom`.
    /// @param checkKeys Which key counts from which period.
    struct Record {
        address worker;
        uint40 workerFrom;
        uint32 bondCount;
        bytes1 keyPrefix;
        bool wasSuspended;
        bytes32 keyX;
        NodeTerms terms;
        string url;
        Checkpoints.Trace208 formerWorkers;
        Checkpoints.Trace256 checkKeys;
    }

    uint256 private constant _MAX_URL_BYTES = 256;
    bytes32 private constant _BOND_TYPEHASH = keccak256("Bond(address staker,address worker,uint256 nonce)");

    /// @inheritdoc INodeRegistry
    uint32 public immutable periodLength;
    address private immutable _escrow;

    mapping(address staker => Record) private _records;
    mapping(address worker => address staker) private _stakers;
    mapping(address node => Checkpoints.Trace208) private _suspensions;

    modifier onlyRegistered() {
        if (!isRegistered(msg.sender)) revert NotRegistered(msg.sender);
        _;
    }

    modifier onlyEscrow() {
        if (msg.sender != _escrow) revert NotEscrow(msg.sender, _escrow);
        _;
    }

    /// @param escrow The StakingEscrow, which reports suspensions; zero leaves that path unreachable.
    /// @param periodLength_ Seconds per period, the escrow's; compared if the escrow is there already.
    constructor(address escrow, uint32 periodLength_) EIP712("NKMS NodeRegistry", "1") {
        if (periodLength_ == 0) revert InvalidPeriodLength(periodLength_);
        if (escrow.code.length > 0) _checkPeriodLength(IStakingEscrow(escrow), periodLength_);
        _escrow = escrow;
        periodLength = periodLength_;
    }

    /// @inheritdoc INodeRegistry
    function register(
        string calldata url,
        bytes calldata encryptionKey,
        bytes32 checkKey,
        NodeTerms calldata terms
    ) external {
        if (isRegistered(msg.sender)) revert AlreadyRegistered(msg.sender);
        _storeUrl(url);
        _storeEncryptionKey(encryptionKey);
        uint32 checkKeyFrom = _storeCheckKey(checkKey);
        _storeTerms(terms);
        emit NodeRegistered(msg.sender, url, encryptionKey, checkKey, checkKeyFrom, terms);
    }

    /// @inheritdoc INodeRegistry
    function setUrl(string calldata url) external onlyRegistered {
        _storeUrl(url);
        emit UrlChanged(msg.sender, url);
    }

    /// @inheritdoc INodeRegistry
    function setTerms(NodeTerms calldata terms) external onlyRegistered {
        _storeTerms(terms);
        emit TermsChanged(msg.sender, terms);
    }

    /// @inheritdoc INodeRegistry
    function setEncryptionKey(bytes calldata encryptionKey) external onlyRegistered {
        _storeEncryptionKey(encryptionKey);
        emit EncryptionKeyChanged(msg.sender, encryptionKey);
    }

    /// @inheritdoc INodeRegistry
    function setCheckKey(bytes32 checkKey) external onlyRegistered {
        uint32 fromPeriod = _storeCheckKey(checkKey);
        emit CheckKeyChanged(msg.sender, checkKey, fromPeriod);
    }

    /// @inheritdoc INodeRegistry
    function bondWorker(address worker, bytes calldata consent) external onlyRegistered {
        if (_stakers[worker] != address(0)) revert WorkerTaken(worker, _stakers[worker]);
        Record storage record = _records[msg.sender];
        bytes32 bond = keccak256(abi.encode(_BOND_TYPEHASH, msg.sender, worker, record.bondCount++));
        (address recovered, , ) = ECDSA.tryRecoverCalldata(_hashTypedDataV4(bond), consent);
        if (worker == address(0) || recovered != worker) revert WrongConsent(worker, recovered);
        _stakers[worker] = msg.sender;
        emit WorkerBonded(msg.sender, worker, _replaceWorker(record, worker));
    }

    /// @inheritdoc INodeRegistry
    function unbondWorker() external onlyRegistered {
        Record storage record = _records[msg.sender];
        address worker = record.worker;
        if (worker == address(0)) revert NoWorker(msg.sender);
        emit WorkerUnbonded(msg.sender, worker, _replaceWorker(record, address(0)));
    }

    /// @inheritdoc INodeRegistry
    function openSuspension(address node) external onlyEscrow {
        Checkpoints.Trace208 storage clock = _suspensions[node];
        if (clock.isSuspended()) revert AlreadySuspended(node);
        _records[node].wasSuspended = true;
        clock.open(uint48(block.timestamp));
        emit SuspensionOpened(node, uint40(block.timestamp));
    }

    /// @inheritdoc INodeRegistry
    function closeSuspension(address node) external onlyEscrow {
        Checkpoints.Trace208 storage clock = _suspensions[node];
        if (!clock.isSuspended()) revert NotSuspended(node);
        clock.close(uint48(block.timestamp));
        emit SuspensionClosed(node, uint40(block.timestamp));
    }

    /// @inheritdoc INodeRegistry
    function nodeOf(address staker) external view returns (Node memory) {
        if (!isRegistered(staker)) revert NotRegistered(staker);
        Record storage record = _records[staker];
        return
            Node({
                url: record.url,
                encryptionKey: abi.encodePacked(record.keyPrefix, record.keyX),
                checkKey: bytes32(record.checkKeys.latest()),
                terms: record.terms,
                worker: workerOf(staker)
            });
    }

    /// @inheritdoc INodeRegistry
    function workersOf(address[] calldata stakers) external view returns (address[] memory workers) {
        workers = new address[](stakers.length);
        for (uint256 i = 0; i < stakers.length; ++i) workers[i] = _workerAt(_records[stakers[i]], block.timestamp);
    }

    /// @inheritdoc INodeRegistry
    function stakerOf(address worker) external view returns (address) {
        return _stakers[worker];
    }

    /// @inheritdoc INodeRegistry
    function bondNonce(address staker) external view returns (uint256) {
        return _records[staker].bondCount;
    }

    /// @inheritdoc INodeRegistry
    function checkKeyAt(address staker, uint32 period) external view returns (bytes32) {
        return bytes32(_records[staker].checkKeys.upperLookupRecent(period));
    }

    /// @inheritdoc INodeRegistry
    function isSuspended(address node) external view returns (bool) {
        return _suspensions[node].isSuspended();
    }

    /// @inheritdoc INodeRegistry
    function suspendedSeconds(address node, uint40 from, uint40 to) external view returns (uint256) {
        return _suspensions[node].secondsBetween(from, to);
    }

    /// @inheritdoc INodeRegistry
    function serviceOf(address node, uint40 from, uint40 to) external view returns (address worker, uint256 suspended) {
        Record storage record = _records[node];
        worker = _workerAt(record, block.timestamp);
        if (record.wasSuspended) suspended = _suspensions[node].secondsBetween(from, to);
    }

    /// @inheritdoc INodeRegistry
    function isRegistered(address staker) public view returns (bool) {
        return _records[staker].keyPrefix != 0;
    }

    /// @inheritdoc INodeRegistry
    function workerOf(address staker) public view returns (address) {
        return _workerAt(_records[staker], block.timestamp);
    }

    /// @inheritdoc INodeRegistry
    function workerAt(address staker, uint40 timestamp) public view returns (address) {
        return _workerAt(_records[staker], timestamp);
    }

    function _storeUrl(string calldata url) private {
        if (bytes(url).length > _MAX_URL_BYTES) revert UrlTooLong(bytes(url).length, _MAX_URL_BYTES);
        if (!ServiceUrl.isAllowed(bytes(url))) revert UrlNotAllowed(url);
        _records[msg.sender].url = url;
    }

    function _storeEncryptionKey(bytes calldata encryptionKey) private {
        (bytes1 prefix, bytes32 x) = CurvePoint.parse(encryptionKey);
        _records[msg.sender].keyPrefix = prefix;
        _records[msg.sender].keyX = x;
    }

    function _storeCheckKey(bytes32 checkKey) private returns (uint32 fromPeriod) {
        CurvePoint.checkXOnly(checkKey);
        fromPeriod = _currentPeriod() + 2;
        _records[msg.sender].checkKeys.push(fromPeriod, uint256(checkKey));
    }

    function _storeTerms(NodeTerms calldata terms) private {
        if (terms.minDuration > terms.maxDuration) revert InvalidDurations(terms.minDuration, terms.maxDuration);
        _records[msg.sender].terms = terms;
    }

    /// @dev The former worker is free for another staker at once, but from the same period start on, so that no second has two
    /// stakers for one worker.
    function _replaceWorker(Record storage record, address worker) private returns (uint32 fromPeriod) {
        delete _stakers[record.worker];
        if (record.workerFrom != 0 && record.workerFrom <= block.timestamp) {
            record.formerWorkers.push(record.workerFrom, uint160(record.worker));
        }
        fromPeriod = _currentPeriod() + 1;
        record.worker = worker;
        record.workerFrom = uint40(uint256(fromPeriod) * periodLength);
    }

    function _workerAt(Record storage record, uint256 timestamp) private view returns (address) {
        if (timestamp >= record.workerFrom) return record.worker;
        // Below a uint40, or the line above had returned.
        return address(uint160(record.formerWorkers.upperLookupRecent(uint48(timestamp))));
    }

    function _checkPeriodLength(IStakingEscrow escrow, uint32 given) private view {
        uint32 expected = escrow.parameters().periodLength;
        if (given != expected) revert PeriodLengthDiffers(given, expected);
    }

    function _currentPeriod() private view returns (uint32) {
        return SafeCast.toUint32(block.timestamp / periodLength);
    }
}
