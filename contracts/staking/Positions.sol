// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStakingEscrow} from "../interfaces/IStakingEscrow.sol";
import {Periods} from "../libraries/Periods.sol";
import {Drawing} from "./Drawing.sol";
import {Rewards} from "./Rewards.sol";

/// @title The verbs of a staker
/// @dev A verb that changes weight goes: move the law to the next period, close the stretch there, change position, account,
/// D and schedule alike, fit the leaf, move tokens last. A verb that only changes an end moves weight within the schedule.
abstract contract Positions is Rewards, Drawing {
    /// @inheritdoc IStakingEscrow
    function create(uint128 amount, uint16 lockPeriods) external returns (uint8 index) {
        return _create(msg.sender, msg.sender, amount, lockPeriods);
    }

    /// @inheritdoc IStakingEscrow
    function createWithPermit(
        uint128 amount,
        uint16 lockPeriods,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (uint8 index) {
        try _token.permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        return _create(msg.sender, msg.sender, amount, lockPeriods);
    }

    /// @inheritdoc IStakingEscrow
    function increase(uint8 index, uint128 amount) external {
        _increase(index, amount);
        _token.transferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IStakingEscrow
    function claim() external returns (uint256 amount) {
        _catchUp(_now());
        Account storage account = _accounts[msg.sender];
        Ledger memory ledger = _ledgerAt(account, _now());
        amount = _claim(account, ledger);
        if (amount > 0) _token.mint(msg.sender, amount);
    }

    /// @inheritdoc IStakingEscrow
    function claimAndRestake(uint8 index) external returns (uint256 amount) {
        _turn();
        Account storage account = _accounts[msg.sender];
        amount = _claim(account, _ledgerAt(account, _now() + 1));
        _increase(index, amount);
        _token.mint(address(this), amount);
    }

    /// @inheritdoc IStakingEscrow
    function prolong(uint8 index, uint16 lockPeriods) external {
        Account storage account = _accounts[msg.sender];
        Position memory held = _live(account, index);
        if (lockPeriods <= held.lockPeriods) revert LockNotLonger(index, lockPeriods, held.lockPeriods);
        _checkLock(lockPeriods);
        uint32 before = _lastEnd(account, account.weights.count);
        uint32 end = held.endPeriod;
        if (end != 0) end = Periods.alignUp(end + lockPeriods - held.lockPeriods);
        _reschedule(held.endPeriod, end, held.amount);
        (held.lockPeriods, held.endPeriod) = (lockPeriods, end);
        _setPosition(account, index, held);
        _moveNode(account, before);
        emit PositionProlonged(msg.sender, index, lockPeriods, end);
    }

    /// @inheritdoc IStakingEscrow
    function divide(uint8 index, uint128 amount) external returns (uint8 newIndex) {
        Account storage account = _accounts[msg.sender];
        Position memory held = _live(account, index);
        _checkDeposit(amount);
        if (amount > held.amount) revert DepositAboveMaximum(amount, held.amount);
        _checkDeposit(held.amount - amount);
        account.positions[index].amount = held.amount - uint96(amount);
        held.amount = uint96(amount);
        newIndex = _freeIndex(msg.sender, account);
        _setPosition(account, newIndex, held);
        emit PositionDivided(msg.sender, index, newIndex, amount);
    }

    /// @inheritdoc IStakingEscrow
    function merge(uint8 into, uint8 from) external {
        if (into == from) revert MergeWithItself(into);
        Account storage account = _accounts[msg.sender];
        Position memory kept = _live(account, into);
        Position memory joined = _live(account, from);
        if ((kept.endPeriod == 0) != (joined.endPeriod == 0)) revert EndsDiffer(kept.endPeriod, joined.endPeriod);
        uint32 end = kept.endPeriod > joined.endPeriod ? kept.endPeriod : joined.endPeriod;
        _reschedule(kept.endPeriod, end, kept.amount);
        _reschedule(joined.endPeriod, end, joined.amount);
        kept.amount += joined.amount;
        kept.endPeriod = end;
        if (joined.lockPeriods > kept.lockPeriods) kept.lockPeriods = joined.lockPeriods;
        _setPosition(account, into, kept);
        _clear(account, from);
        emit PositionsMerged(msg.sender, into, from, kept.lockPeriods, end);
    }

    /// @inheritdoc IStakingEscrow
    function startWindDown(uint8 index) external {
        Account storage account = _accounts[msg.sender];
        Position memory held = _live(account, index);
        if (held.endPeriod != 0) revert AlreadyWindingDown(index, held.endPeriod);
        uint32 end = Periods.endOfLock(_now(), held.lockPeriods);
        account.positions[index].endPeriod = end;
        _schedule(end, held.amount);
        _moveNode(account, _FOREVER);
        emit WindDownStarted(msg.sender, index, end);
    }

    /// @inheritdoc IStakingEscrow
    function stopWindDown(uint8 index) external {
        Account storage account = _accounts[msg.sender];
        Position memory held = _live(account, index);
        if (held.endPeriod == 0) revert NotWindingDown(index);
        uint32 before = _lastEnd(account, account.weights.count);
        account.positions[index].endPeriod = 0;
        _unschedule(held.endPeriod, held.amount);
        _moveNode(account, before);
        emit WindDownStopped(msg.sender, index);
    }

    /// @inheritdoc IStakingEscrow
    function withdraw(uint8 index) external {
        Account storage account = _accounts[msg.sender];
        Position memory held = _existing(account, index);
        uint32 current = _now();
        if (held.endPeriod == 0) revert NotWindingDown(index);
        uint32 free = held.endPeriod + _unbondingPeriods;
        if (!Periods.isOver(free, current)) revert StillLocked(index, free, current);
        _catchUp(current);
        Ledger memory ledger = _ledgerAt(account, current);
        _store(account, ledger);
        _clear(account, index);
        uint256 left = _deposit(account);
        if (left < account.standing.reserved)
            revert InsufficientCollateral(msg.sender, left, account.standing.reserved);
        _fitLeaf(msg.sender, account, ledger.weights.current);
        emit Withdrawn(msg.sender, index, held.amount);
        if (left == 0) _leave(account);
        _token.transfer(msg.sender, held.amount);
    }

    /// @dev Called when a staker has withdrawn everything.
    function _leave(Account storage account) internal virtual;

    /// @dev `funder` pays last: a failing transfer undoes all.
    function _create(
        address staker,
        address funder,
        uint128 amount,
        uint16 lockPeriods
    ) internal returns (uint8 index) {
        _checkDeposit(amount);
        if (amount > _maxSupply) revert DepositAboveMaximum(amount, _maxSupply);
        _checkLock(lockPeriods);
        _turn();
        Account storage account = _accounts[staker];
        index = _freeIndex(staker, account);
        Ledger memory ledger = _ledgerAt(account, _now() + 1);
        uint32 before = _lastEnd(account, ledger.weights.count);
        _setPosition(account, index, Position(uint96(amount), lockPeriods, 0, false));
        _addWeight(staker, account, ledger, uint96(amount));
        _moveNode(account, before);
        emit PositionCreated(staker, index, amount, lockPeriods);
        _token.transferFrom(funder, address(this), amount);
    }

    /// @dev Moves the node between the boundaries at which it leaves the count of active nodes.
    /// @param before What `_lastEnd` was before the change.
    function _moveNode(Account storage account, uint32 before) internal {
        if (account.weights.suspended) return;
        _moveNodeEnd(before, _lastEnd(account, account.weights.count));
    }

    function _moveNodeEnd(uint32 from, uint32 to) internal {
        if (from == to) return;
        if (from == 0) ++_head.nodes;
        else if (from != _FOREVER) --_expiries[from].nodes;
        if (to == 0) --_head.nodes;
        else if (to != _FOREVER) ++_expiries[to].nodes;
    }

    function _clear(Account storage account, uint8 index) internal {
        delete account.positions[index];
        _shrink(account);
    }

    /// @dev Gives up empty positions at the end.
    function _shrink(Account storage account) internal {
        uint8 count = account.weights.count;
        while (count > 0 && account.positions[count - 1].amount == 0) --count;
        account.weights.count = count;
    }

    function _existing(Account storage account, uint8 index) internal view returns (Position memory held) {
        if (index < _MAX_POSITIONS) held = _positionAt(account, index);
        if (held.amount == 0) revert NoSuchPosition(msg.sender, index);
    }

    function _addWeight(address staker, Account storage account, Ledger memory ledger, uint96 amount) private {
        _head.locked += amount;
        ledger.weights.current += amount;
        _store(account, ledger);
        _fitLeaf(staker, account, ledger.weights.current);
    }

    function _increase(uint8 index, uint256 amount) private {
        if (amount == 0) revert ZeroAmount();
        if (amount > _maxSupply) revert DepositAboveMaximum(amount, _maxSupply);
        _turn();
        Account storage account = _accounts[msg.sender];
        Position memory held = _live(account, index);
        Ledger memory ledger = _ledgerAt(account, _now() + 1);
        account.positions[index].amount = held.amount + uint96(amount);
        if (held.endPeriod != 0) _expiries[held.endPeriod].weight += uint96(amount);
        _addWeight(msg.sender, account, ledger, uint96(amount));
        emit PositionIncreased(msg.sender, index, amount);
    }

    function _claim(Account storage account, Ledger memory ledger) private returns (uint256 amount) {
        amount = _due(ledger);
        _pay(ledger, amount);
        _store(account, ledger);
        emit RewardClaimed(msg.sender, amount);
    }

    function _reschedule(uint32 from, uint32 to, uint256 amount) private {
        if (from == to) return;
        _unschedule(from, amount);
        _schedule(to, amount);
    }

    function _freeIndex(address staker, Account storage account) private returns (uint8 index) {
        index = account.weights.count;
        if (index < _MAX_POSITIONS) {
            account.weights.count = index + 1;
            return index;
        }
        for (index = 0; index < _MAX_POSITIONS; ++index) if (account.positions[index].amount == 0) return index;
        revert TooManyPositions(staker, _MAX_POSITIONS);
    }

    /// @dev The position, if it can still be changed.
    function _live(Account storage account, uint8 index) private view returns (Position memory held) {
        held = _existing(account, index);
        if (!_isLive(held)) revert PositionEnded(index, held.endPeriod, _now());
    }

    function _checkDeposit(uint256 amount) private view {
        if (amount < _minDeposit) revert DepositBelowMinimum(amount, _minDeposit);
    }

    function _checkLock(uint16 lockPeriods) private view {
        if (lockPeriods < _minLockPeriods || lockPeriods > _maxLockPeriods)
            revert LockOutOfRange(lockPeriods, _minLockPeriods, _maxLockPeriods);
    }
}
