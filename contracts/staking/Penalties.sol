// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

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
    uint8 private constant _MAX_DOUBLINGS = 4;

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
        for (uint256 i = 0; i < nodes.length; ++i) _reserve(nodes[i], amountEach);
    }

    /// @inheritdoc IStakingEscrow
    function release(address node, uint256 amount) external only(_policyManager) {
        Standing storage standing = _accounts[node].standing;
        if (amount > standing.reserved) revert ReleaseAboveReserved(node, amount, standing.reserved);
        standing.reserved -= uint96(amount);
        emit Released(node, amount);
    }

    /// @inheritdoc IStakingEscrow
    function returnToReserve(uint256 amount) external {
        if (amount == 0) revert ZeroAmount();
        _turn();
        _head.remaining += uint96(amount);
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
        _turn();
        Account storage account = _accounts[node];
        Ledger memory ledger = _ledgerAt(account, _now() + 1);
        uint256 tokens = _slashPositions(node, account, ledger, penalty);
        uint256 due = _due(ledger);
        uint256 rewards = due < penalty - tokens ? due : penalty - tokens;
        _pay(ledger, rewards);
        _store(account, ledger);
        _shrink(account);
        _fitLeaf(node, account, ledger.weights.current);
        taken = tokens + rewards;
        uint256 proverPart = (taken * proverShareBps) / _BPS;
        _head.remaining += uint96(taken - proverPart);
        emit Slashed(node, prover, penalty, taken, proverPart);
        _settleTaken(tokens, prover, proverPart);
    }

    /// @inheritdoc IStakingEscrow
    function forfeit(address node, uint256 limit) external returns (uint256 taken) {
        _require(_isSlasher[msg.sender] || msg.sender == _healthCheck);
        _turn();
        Account storage account = _accounts[node];
        return _forfeit(node, account, _ledgerAt(account, _now() + 1), limit);
    }

    /// @inheritdoc IStakingEscrow
    function convict(address node) external only(_healthCheck) {
        Account storage account = _accounts[node];
        if (account.weights.suspended) revert NodeIsSuspended(node);
        _turn();
        Ledger memory ledger = _ledgerAt(account, _now() + 1);
        ledger.weights.suspended = true;
        _forfeit(node, account, ledger, type(uint256).max);
        _moveNodeEnd(_lastEnd(account, ledger.weights.count), 0);
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
        _turn();
        Ledger memory ledger = _ledgerAt(account, _now() + 1);
        ledger.weights.suspended = false;
        _forfeit(msg.sender, account, ledger, type(uint256).max);
        _moveNodeEnd(0, _lastEnd(account, ledger.weights.count));
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
        return _lawAt(_now()).pot - _potPaid;
    }

    /// @dev Whoever leaves while suspended loses what accrued meanwhile.
    function _leave(Account storage account) internal override {
        if (!account.weights.suspended) return;
        _turn();
        _forfeit(msg.sender, account, _ledgerAt(account, _now() + 1), type(uint256).max);
    }

    function _reserve(address node, uint256 amount) private {
        Account storage account = _accounts[node];
        if (!_isActive(account)) revert NodeInactive(node);
        uint256 required = account.standing.reserved + amount;
        uint256 available = account.weights.current;
        if (available < required) available = _deposit(account);
        if (available < required) revert InsufficientCollateral(node, available, required);
        account.standing.reserved = uint96(required);
        emit Reserved(node, amount);
    }

    function _forfeit(
        address node,
        Account storage account,
        Ledger memory ledger,
        uint256 limit
    ) private returns (uint256 taken) {
        taken = _takeProvisional(ledger, limit);
        _store(account, ledger);
        _head.remaining += uint96(taken);
        emit RewardForfeited(node, taken);
    }

    /// @dev The order of the design: re-locking positions, winding-down ones, then those without weight; each by index.
    function _slashPositions(
        address node,
        Account storage account,
        Ledger memory ledger,
        uint256 penalty
    ) private returns (uint256 taken) {
        uint32 before = _lastEnd(account, ledger.weights.count);
        for (uint256 turn = 0; turn < 3; ++turn) {
            for (uint8 i = 0; i < ledger.weights.count && taken < penalty; ++i) {
                Position memory held = _positionAt(account, i);
                if (held.amount > 0 && _slashTurn(held) == turn)
                    taken += _slashPosition(node, account, ledger, i, penalty - taken);
            }
        }
        if (!ledger.weights.suspended) _moveNodeEnd(before, _lastEnd(account, ledger.weights.count));
    }

    function _slashPosition(
        address node,
        Account storage account,
        Ledger memory ledger,
        uint8 index,
        uint256 limit
    ) private returns (uint256 cut) {
        Position memory held = _positionAt(account, index);
        cut = limit < held.amount ? limit : held.amount;
        uint96 rest = held.amount - uint96(cut);
        if (_isLive(held)) {
            uint96 lost = rest < _minDeposit ? held.amount : uint96(cut);
            if (held.endPeriod != 0) _unschedule(held.endPeriod, lost);
            _head.locked -= lost;
            ledger.weights.current -= lost;
            if (rest < _minDeposit) (held.endPeriod, held.retired) = (_firmEnd(held), true);
        }
        held.amount = rest;
        if (rest == 0) delete account.positions[index];
        else _setPosition(account, index, held);
        emit PositionSlashed(node, index, cut, held.retired, held.endPeriod);
    }

    /// @dev Slashed tokens lie here; slashed rewards were never minted. The prover is paid from the tokens first.
    function _settleTaken(uint256 tokens, address prover, uint256 proverPart) private {
        uint256 paid = proverPart < tokens ? proverPart : tokens;
        if (paid > 0) _token.transfer(prover, paid);
        if (tokens > paid) _token.burn(tokens - paid);
        if (proverPart > paid) _token.mint(prover, proverPart - paid);
    }

    function _strike(Standing storage standing) private {
        uint256 past = _startOf(1) * _STRIKE_MEMORY_PERIODS + standing.suspendedAt;
        standing.strikes = Periods.isOver(past, block.timestamp) ? 1 : standing.strikes + 1;
        standing.suspendedAt = uint40(block.timestamp);
    }

    function _require(bool allowed) private view {
        if (!allowed) revert NotAllowed(msg.sender);
    }

    function _slashTurn(Position memory held) private view returns (uint256) {
        if (!_isLive(held)) return 2;
        return held.endPeriod == 0 ? 0 : 1;
    }

    /// @dev One period for the first strike, doubled by each further one, at most 16.
    function _earliestReactivation(Standing storage standing) private view returns (uint40) {
        uint8 doublings = standing.strikes - 1;
        if (doublings > _MAX_DOUBLINGS) doublings = _MAX_DOUBLINGS;
        return standing.suspendedAt + _startOf(uint32(1) << doublings);
    }
}
