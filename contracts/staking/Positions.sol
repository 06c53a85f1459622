// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

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
        _increase(index, amount, false);
        _token.transferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IStakingEscrow
    function claim() external returns (uint256 amount) {
        Account storage account = _accounts[msg.sender];
        Ledger memory ledger = _ledgerNow(account);
        _checkDistance(ledger.today);
        amount = _takeDue(ledger);
        _store(account, ledger);
        if (amount > 0) _token.mint(msg.sender, amount);
    }

    /// @inheritdoc IStakingEscrow
    function claimAndRestake(uint8 index) external returns (uint256 amount) {
        amount = _increase(index, 0, true);
        _token.mint(address(this), amount);
    }

    /// @inheritdoc IStakingEscrow
    function prolong(uint8 index, uint16 lockPeriods) external {
        (Account storage account, Position storage held, uint256 next) = _own(index);
        (uint256 amount, uint256 lock, uint256 end) = _live(held, index, next);
        if (lockPeriods <= lock) revert LockNotLonger(index, lockPeriods, lock);
        uint256 before = _activeUntilNow(account, next);
        (uint256 longer, uint256 later) = (lockPeriods, 0);
        if (end != 0) {
            unchecked {
                later = Periods.alignUp(end + longer - lock);
                longer = lock + later - end;
            }
        }
        _checkLock(longer);
        _reschedule(end, later, amount);
        _put(held, amount, longer, later, false);
        _moveNode(before, _activeUntilNow(account, next));
        emit PositionProlonged(msg.sender, index, uint16(longer), uint32(later));
    }

    /// @inheritdoc IStakingEscrow
    function divide(uint8 index, uint128 amount) external returns (uint8 newIndex) {
        (Account storage account, Position storage held, uint256 next) = _own(index);
        (uint256 whole, uint256 lock, uint256 end) = _live(held, index, next);
        _checkDeposit(amount, whole);
        _checkDeposit(whole - amount, whole);
        uint256 count;
        (newIndex, count) = _freeIndex(msg.sender, account, account.weights.count);
        account.weights.count = uint8(count);
        _put(held, whole - amount, lock, end, false);
        _put(account.positions[newIndex], amount, lock, end, false);
        emit PositionDivided(msg.sender, index, newIndex, amount);
    }

    /// @inheritdoc IStakingEscrow
    function merge(uint8 into, uint8 from) external {
        if (into == from) revert MergeWithItself(into);
        (Account storage account, Position storage kept, uint256 next) = _own(into);
        (, Position storage joined, ) = _own(from);
        (uint256 amount, uint256 lock, uint256 end) = _live(kept, into, next);
        (uint256 otherAmount, uint256 otherLock, uint256 otherEnd) = _live(joined, from, next);
        if ((end == 0) != (otherEnd == 0)) revert EndsDiffer(uint32(end), uint32(otherEnd));
        uint256 later = Math.max(end, otherEnd);
        _reschedule(end, later, amount);
        _reschedule(otherEnd, later, otherAmount);
        lock = Math.max(lock, otherLock);
        _put(kept, amount + otherAmount, lock, later, false);
        _put(joined, 0, 0, 0, false);
        account.weights.count = uint8(_shrunk(account, account.weights.count));
        emit PositionsMerged(msg.sender, into, from, uint16(lock), uint32(later));
    }

    /// @inheritdoc IStakingEscrow
    function startWindDown(uint8 index) external {
        (Account storage account, Position storage held, uint256 next) = _own(index);
        (uint256 amount, uint256 lock, uint256 end) = _live(held, index, next);
        if (end != 0) revert AlreadyWindingDown(index, uint32(end));
        end = Periods.endOfLock(next - 1, lock);
        _put(held, amount, lock, end, false);
        uint256 until = _activeUntilNow(account, next);
        _schedule(end, amount, until == end ? 1 : 0);
        if (until != end) _moveNode(until == 0 ? 0 : _FOREVER, until);
        emit WindDownStarted(msg.sender, index, uint32(end));
    }

    /// @inheritdoc IStakingEscrow
    function stopWindDown(uint8 index) external {
        (Account storage account, Position storage held, uint256 next) = _own(index);
        (uint256 amount, uint256 lock, uint256 end) = _live(held, index, next);
        if (end == 0) revert NotWindingDown(index);
        uint256 until = _activeUntilNow(account, next);
        _unschedule(end, amount);
        _put(held, amount, lock, 0, false);
        _moveNode(until, until == 0 ? 0 : _FOREVER);
        emit WindDownStopped(msg.sender, index);
    }

    /// @inheritdoc IStakingEscrow
    function withdraw(uint8 index) external {
        (Account storage account, Position storage held, uint256 next) = _own(index);
        (uint256 amount, uint256 end, uint256 current) = (held.amount, held.endPeriod, next - 1);
        if (end == 0) revert NotWindingDown(index);
        uint256 free = end + _unbondingPeriods;
        if (!Periods.isOver(free, current)) revert StillLocked(index, uint32(free), uint32(current));
        _checkDistance(current);
        Ledger memory ledger = _ledgerNow(account);
        _put(held, 0, 0, 0, false);
        ledger.count = _shrunk(account, ledger.count);
        _fitLeaf(msg.sender, ledger);
        _store(account, ledger);
        uint256 left = _deposit(account, ledger.count);
        if (left < account.standing.reserved)
            revert InsufficientCollateral(msg.sender, left, account.standing.reserved);
        emit Withdrawn(msg.sender, index, amount);
        if (left == 0) _leave(account);
        _token.transfer(msg.sender, amount);
    }

    /// @dev Called when a staker has withdrawn everything.
    function _leave(Account storage account) internal virtual;

    /// @dev `funder` pays last: a failing transfer undoes all.
    function _create(
        address staker,
        address funder,
        uint256 amount,
        uint256 lockPeriods
    ) internal returns (uint8 index) {
        _checkDeposit(amount, _maxSupply);
        _checkLock(lockPeriods);
        uint256 next = _turn();
        Account storage account = _accounts[staker];
        Ledger memory ledger = _ledgerNext(account, next);
        uint256 before = _activeUntil(account, ledger.count, ledger.suspended, next);
        (index, ledger.count) = _freeIndex(staker, account, ledger.count);
        _put(account.positions[index], amount, lockPeriods, 0, false);
        _addWeight(staker, account, ledger, amount);
        _moveNode(before, ledger.suspended ? 0 : _FOREVER);
        emit PositionCreated(staker, index, amount, uint16(lockPeriods));
        _token.transferFrom(funder, address(this), amount);
    }

    /// @dev Moves a node between the boundaries at which it leaves the count of active nodes; see `_activeUntil`.
    function _moveNode(uint256 from, uint256 to) internal {
        if (from == to) return;
        if (from == 0) ++_head.nodes;
        else if (from != _FOREVER) --_expiries[from].nodes;
        if (to == 0) --_head.nodes;
        else if (to != _FOREVER) ++_expiries[to].nodes;
    }

    /// @dev Makes the leaf of `staker` as wide as its weight.
    function _fitLeaf(address staker, Ledger memory ledger) internal {
        ledger.leaf = _fit(staker, ledger.leaf, ledger.current / _unit, ledger.today + 1);
    }

    /// @dev `count` without the empty positions at the end.
    function _shrunk(Account storage account, uint256 count) internal view returns (uint256) {
        while (count > 0 && account.positions[count - 1].amount == 0) --count;
        return count;
    }

    /// @dev What is above the supply would not fit its lane.
    function _checkAmount(uint256 amount) internal view {
        if (amount == 0) revert ZeroAmount();
        if (amount > _maxSupply) revert DepositAboveMaximum(amount, _maxSupply);
    }

    function _addWeight(address staker, Account storage account, Ledger memory ledger, uint256 amount) private {
        _head.locked += uint96(amount);
        ledger.current += amount;
        _fitLeaf(staker, ledger);
        _store(account, ledger);
    }

    /// @dev Adds `amount` to a position of the caller, or as much as is due to the caller.
    function _increase(uint8 index, uint256 amount, bool restake) private returns (uint256) {
        _turn();
        (Account storage account, Position storage held, uint256 next) = _own(index);
        (uint256 before, uint256 lock, uint256 end) = _live(held, index, next);
        Ledger memory ledger = _ledgerNext(account, next);
        if (restake) amount = _takeDue(ledger);
        _checkAmount(amount);
        if (end != 0) _expiries[end].weight += uint96(amount);
        _put(held, before + amount, lock, end, false);
        _addWeight(msg.sender, account, ledger, amount);
        emit PositionIncreased(msg.sender, index, amount);
        return amount;
    }

    function _takeDue(Ledger memory ledger) private returns (uint256 amount) {
        amount = _due(ledger);
        _pay(ledger, amount);
        emit RewardClaimed(msg.sender, amount);
    }

    function _reschedule(uint256 from, uint256 to, uint256 amount) private {
        if (from == to) return;
        _unschedule(from, amount);
        _schedule(to, amount, 0);
    }

    function _activeUntilNow(Account storage account, uint256 next) private view returns (uint256) {
        return _activeUntil(account, account.weights.count, account.weights.suspended, next);
    }

    /// @dev A free index, and the count with it.
    function _freeIndex(address staker, Account storage account, uint256 count) private view returns (uint8, uint256) {
        if (count < _MAX_POSITIONS) return (uint8(count), count + 1);
        for (uint256 index = 0; index < count; ++index)
            if (account.positions[index].amount == 0) return (uint8(index), count);
        revert TooManyPositions(staker, _MAX_POSITIONS);
    }

    /// @dev A position of the caller, and the next period.
    function _own(uint8 index) private view returns (Account storage account, Position storage held, uint256 next) {
        account = _accounts[msg.sender];
        held = account.positions[index & (_MAX_POSITIONS - 1)];
        if (index >= _MAX_POSITIONS || held.amount == 0) revert NoSuchPosition(msg.sender, index);
        next = _now() + 1;
    }

    /// @dev The fields of a position that can still be changed.
    function _live(
        Position storage held,
        uint8 index,
        uint256 next
    ) private view returns (uint256 amount, uint256 lock, uint256 end) {
        (amount, lock, end) = (held.amount, held.lockPeriods, held.endPeriod);
        if (held.retired || (end != 0 && Periods.isOver(end, next)))
            revert PositionEnded(index, uint32(end), uint32(next - 1));
    }

    function _checkDeposit(uint256 amount, uint256 most) private view {
        if (amount < _minDeposit) revert DepositBelowMinimum(amount, _minDeposit);
        if (amount > most) revert DepositAboveMaximum(amount, most);
    }

    function _checkLock(uint256 lockPeriods) private view {
        if (lockPeriods < _minLockPeriods || lockPeriods > _maxLockPeriods)
            revert LockOutOfRange(lockPeriods, _minLockPeriods, _maxLockPeriods);
    }
}
