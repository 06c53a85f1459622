// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {IStakingEscrow} from "../interfaces/IStakingEscrow.sol";
import {Periods} from "../libraries/Periods.sol";
import {Positions} from "./Positions.sol";

/// @title What policies, challenges and the health check may do to a node
/// @dev Each of them is an address fixed at deployment. What they take returns to the remaining supply from the next period,
/// apart from the prover's part of a slash.
abstract contract Penalties is Positions {
    /// @dev A prover gets at most a quarter: slashing oneself through an accomplice loses three quarters.
    uint256 private constant _MAX_PROVER_SHARE_BPS = 2_500;
    uint256 private constant _BPS = 10_000;
    uint256 private constant _STRIKE_MEMORY_PERIODS = 30;
    uint256 private constant _MAX_DOUBLINGS = 4;

    INodeRegistry private immutable _nodeRegistry;
    address private immutable _policyManager;
    mapping(address account => bool) private _isSlasher;
    uint256 private _potPaid;

    modifier only(address allowed) {
        _require(msg.sender == allowed);
        _;
    }

    constructor(INodeRegistry nodeRegistry, address policyManager, address[] memory slashers) {
        _nodeRegistry = nodeRegistry;
        _policyManager = policyManager;
        for (uint256 i = 0; i < slashers.length; ++i) _isSlasher[slashers[i]] = true;
    }

    /// @inheritdoc IStakingEscrow
    function reserve(address[] calldata nodes, uint256 amountEach) external only(_policyManager) {
        uint256 current = _now();
        for (uint256 i = 0; i < nodes.length; ++i) _reserve(nodes[i], amountEach, current);
    }

    /// @inheritdoc IStakingEscrow
    function release(address node, uint256 amount) external only(_policyManager) {
        Standing storage standing = _accounts[node].standing;
        if (amount > standing.reserved) revert ReleaseAboveReserved(node, amount, standing.reserved);
        standing.reserved -= uint96(amount);
    }

    /// @inheritdoc IStakingEscrow
    function returnToReserve(uint256 amount) external {
        _checkAmount(amount);
        _turn();
        _giveBack(amount);
        emit ReturnedToReserve(msg.sender, amount);
        _token.burnFrom(msg.sender, amount);
    }

    /// @inheritdoc IStakingEscrow
    function slash(
        address node,
        uint256 penalty,
        address prover,
        uint256 proverShareBps
    ) external returns (uint256 taken) {
        _require(_isSlasher[msg.sender]);
        if (proverShareBps > _MAX_PROVER_SHARE_BPS) revert ProverShareTooHigh(proverShareBps, _MAX_PROVER_SHARE_BPS);
        Account storage account = _accounts[node];
        Ledger memory ledger = _ledgerNext(account, _turn());
        ledger.span = 0;
        uint256 tokens = _slashPositions(node, account, ledger, penalty);
        uint256 due = _due(ledger);
        uint256 rewards = due < penalty - tokens ? due : penalty - tokens;
        _pay(ledger, rewards);
        ledger.count = _shrunk(account, ledger.count);
        _fitLeaf(node, ledger);
        _store(account, ledger);
        taken = tokens + rewards;
        uint256 proverPart = prover == address(0) ? 0 : (taken * proverShareBps) / _BPS;
        _giveBack(taken - proverPart);
        emit Slashed(node, prover, penalty, taken, proverPart);
        if (tokens > 0) _token.burn(tokens);
        if (proverPart > 0) _token.mint(prover, proverPart);
    }

    /// @inheritdoc IStakingEscrow
    function forfeit(address node, uint256 limit) external returns (uint256 taken) {
        _require(_isSlasher[msg.sender] || msg.sender == _healthCheck);
        Account storage account = _accounts[node];
        Ledger memory ledger = _ledgerNext(account, _turn());
        taken = _takeProvisional(ledger, limit);
        _forfeit(node, account, ledger, taken);
    }

    /// @inheritdoc IStakingEscrow
    function convict(address node) external only(_healthCheck) {
        Account storage account = _accounts[node];
        if (account.weights.suspended) revert NodeIsSuspended(node);
        _suspend(node, account, true);
        _strike(account.standing);
        emit NodeSuspended(node, account.standing.strikes, _earliestReactivation(account.standing));
        _nodeRegistry.openSuspension(node);
    }

    /// @inheritdoc IStakingEscrow
    function reactivate() external {
        Account storage account = _accounts[msg.sender];
        if (!account.weights.suspended) revert NodeNotSuspended(msg.sender);
        uint40 earliest = _earliestReactivation(account.standing);
        if (!Periods.isOver(earliest, block.timestamp))
            revert TooEarlyToReactivate(msg.sender, earliest, uint40(block.timestamp));
        _suspend(msg.sender, account, false);
        emit NodeReactivated(msg.sender);
        _nodeRegistry.closeSuspension(msg.sender);
    }

    /// @inheritdoc IStakingEscrow
    function payCheck(address checker, uint256 amount) external only(_healthCheck) {
        uint256 pot = checkPot();
        if (amount > pot) revert PotTooSmall(amount, pot);
        _potPaid += amount;
        emit CheckPaid(checker, amount);
        _token.mint(checker, amount);
    }

    /// @inheritdoc IStakingEscrow
    function checkPot() public view returns (uint256) {
        return (_allocatedBefore() * _checkShareBps) / _BPS - _potPaid;
    }

    /// @dev Whoever leaves while suspended loses what accrued meanwhile.
    function _leave(Account storage account) internal override {
        if (account.weights.suspended) _suspend(msg.sender, account, true);
    }

    function _reserve(address node, uint256 amount, uint256 current) private {
        Account storage account = _accounts[node];
        if (!_isActive(account, current)) revert NodeInactive(node);
        uint256 required = account.standing.reserved + amount;
        uint256 available = account.weights.current;
        if (available < required) available = _deposit(account, account.weights.count);
        if (available < required) revert InsufficientCollateral(node, available, required);
        account.standing.reserved = uint96(required);
    }

    /// @dev Everything provisional is lost; from the next period the node counts as active only if not `suspended`.
    function _suspend(address node, Account storage account, bool suspended) private {
        uint256 next = _turn();
        Ledger memory ledger = _ledgerNext(account, next);
        uint256 before = _activeUntil(account, ledger.count, ledger.suspended, next);
        _moveNode(before, _activeUntil(account, ledger.count, suspended, next));
        uint256 taken = _takeProvisional(ledger, type(uint256).max);
        ledger.suspended = suspended;
        _forfeit(node, account, ledger, taken);
    }

    function _forfeit(address node, Account storage account, Ledger memory ledger, uint256 taken) private {
        _store(account, ledger);
        _giveBack(taken);
        emit RewardForfeited(node, taken);
    }

    /// @dev The order of the design: re-locking positions, winding-down ones, then those without weight; each by index.
    function _slashPositions(
        address node,
        Account storage account,
        Ledger memory ledger,
        uint256 penalty
    ) private returns (uint256 taken) {
        uint256 next = ledger.today + 1;
        uint256 before = _activeUntil(account, ledger.count, ledger.suspended, next);
        uint256 weight = ledger.current;
        for (uint256 turn = 0; turn < 3; ++turn) {
            for (uint8 i = 0; i < ledger.count && taken < penalty; ++i) {
                Position storage held = account.positions[i];
                if (held.amount > 0 && _slashTurn(held, next) == turn)
                    taken += _slashPosition(node, held, ledger, i, penalty - taken);
            }
        }
        _head.locked -= uint96(weight - ledger.current);
        _moveNode(before, _activeUntil(account, ledger.count, ledger.suspended, next));
    }

    function _slashPosition(
        address node,
        Position storage held,
        Ledger memory ledger,
        uint8 index,
        uint256 limit
    ) private returns (uint256 cut) {
        (uint256 amount, uint256 lock, uint256 end, bool retired) = _fields(held);
        cut = Math.min(limit, amount);
        if (_liveUntil(held, ledger.today + 1) > 0) {
            retired = amount - cut < _minDeposit;
            uint256 lost = retired ? amount : cut;
            if (end != 0) _unschedule(end, lost);
            ledger.current -= lost;
            if (retired) end = _firmEnd(held, ledger.today);
        }
        emit PositionSlashed(node, index, cut, retired, uint32(end));
        if (cut < amount) _put(held, amount - cut, lock, end, retired);
        else _put(held, 0, 0, 0, false);
    }

    function _strike(Standing storage standing) private {
        uint256 past = _startOf(1) * _STRIKE_MEMORY_PERIODS + standing.suspendedAt;
        uint256 strikes = Periods.isOver(past, block.timestamp) ? 1 : uint256(standing.strikes) + 1;
        standing.strikes = uint8(Math.min(strikes, type(uint8).max));
        standing.suspendedAt = uint40(block.timestamp);
    }

    function _require(bool allowed) private view {
        if (!allowed) revert NotAllowed(msg.sender);
    }

    function _fields(Position storage held) private view returns (uint256, uint256, uint256, bool) {
        return (held.amount, held.lockPeriods, held.endPeriod, held.retired);
    }

    function _slashTurn(Position storage held, uint256 next) private view returns (uint256) {
        uint256 until = _liveUntil(held, next);
        if (until == 0) return 2;
        return until == _FOREVER ? 0 : 1;
    }

    /// @dev One period for the first strike, doubled by each further one, at most 16.
    function _earliestReactivation(Standing storage standing) private view returns (uint40) {
        uint256 doublings = standing.strikes - 1;
        if (doublings > _MAX_DOUBLINGS) doublings = _MAX_DOUBLINGS;
        return uint40(standing.suspendedAt + _startOf(1 << doublings));
    }
}
