// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IStakingEscrow} from "../interfaces/IStakingEscrow.sol";
import {RewardMath} from "../libraries/RewardMath.sol";
import {Accounts} from "./Accounts.sol";

/// @title What a staker has earned, and how much of it is vested
/// @dev A *stretch* is a run of periods with constant weight d. With acc0 and acc1 the accumulator at its start and end, the
/// staker has earned in it
///     F = floor(d (acc1 - acc0) / 2^96),
/// one rounding for the whole stretch, down, whatever was claimed meanwhile. A stretch is closed at the end of an own lock and
/// at the start of the period after a decision.
///
/// Vesting: rewards of the current vesting epoch e and of e - 1 are provisional. With V the accumulator at the start of e - 1 (of
/// the current period without a health check: rewards then vest at once), vested are
///     of the open stretch   floor(d (V - acc0) / 2^96)
///     of a closed stretch   F - P(V),   P(x) = ceil(d (acc1 - x) / 2^96), 0 for x >= acc1; F if it began at x or later.
/// F of a closed stretch goes to the balance. As long as the next stretch is open, P(V) is subtracted where it matters
/// (`unsplit`); nothing is done when an epoch passes. With a health check, two stretches can be on the way together if the later
/// began at V or after it: what they have not vested is then set apart, P(E) of the latest epoch, E its start, and P(V) - P(E) of
/// the former, which roll when next touched. While a node is suspended nothing vests. Without a health check only the current
/// period is on the way; P(V) is then never set apart and may be a wei more than F.
///
/// Casts and unchecked sums: supply, what is earned and not minted yet, and R are together at most maxSupply < 2^95 wei; so is what
/// is set apart, and the balance once all stretches are closed. While one is open the balance lacks all that was paid of it, which
/// passes 2^95 if the same tokens are returned and earned again and again: then a claim is refused by SafeCast, with the lane's
/// bits and the value, until the next decision closes the stretch. No decision and no slash can fail for it.
abstract contract Rewards is Accounts {
    /// @dev An account in memory, apart from its positions.
    /// @param today The current period.
    struct Ledger {
        uint256 today;
        uint256 accumulator;
        int256 balance;
        uint256 leaf;
        bool held;
        uint256 current;
        uint256 previous;
        uint256 since;
        uint256 span;
        uint256 count;
        bool suspended;
        bool unsplit;
        uint256 latest;
        uint256 former;
        uint256 epoch;
    }

    /// @inheritdoc IStakingEscrow
    function claimable(address staker) external view returns (uint256) {
        return _due(_ledgerNow(_accounts[staker]));
    }

    /// @inheritdoc IStakingEscrow
    function provisional(address staker) external view returns (uint256) {
        Ledger memory ledger = _ledgerNow(_accounts[staker]);
        uint256 earned = _openTo(ledger, _accumulatorAt(ledger.today)) + ledger.latest + ledger.former;
        return uint256(ledger.balance + int256(earned)) - _due(ledger);
    }

    /// @dev Writes an account, a word at a time; fields as in `Stretch`, `Weights` and `Provisional`.
    function _store(Account storage account, Ledger memory ledger) internal {
        uint256 stretch =
            ledger.accumulator | (uint256(uint96(SafeCast.toInt96(ledger.balance))) << 128) | (ledger.leaf << 224);
        if (ledger.held) stretch |= 1 << 248;
        uint256 weights = ledger.current | (ledger.previous << 96) | (ledger.since << 192) | (ledger.span << 224);
        weights |= ledger.count << 232;
        if (ledger.suspended) weights |= 1 << 240;
        if (ledger.unsplit) weights |= 1 << 248;
        assembly ("memory-safe") {
            sstore(account.slot, stretch)
            sstore(add(account.slot, 1), weights)
        }
        if (!ledger.held) return;
        uint256 apart = ledger.latest | (ledger.former << 96) | (ledger.epoch << 192);
        assembly ("memory-safe") {
            sstore(add(account.slot, 2), apart)
        }
    }

    /// @dev The ledger with all stretches closed that have ended.
    function _ledgerNow(Account storage account) internal view returns (Ledger memory) {
        Ledger memory ledger = _load(account, _now());
        _closeOwnEnds(account, ledger, ledger.today);
        return ledger;
    }

    /// @dev The ledger for a decision, after `_turn`: the open stretch is closed too.
    function _ledgerNext(Account storage account, uint256 next) internal view returns (Ledger memory) {
        Ledger memory ledger = _load(account, next - 1);
        _closeOwnEnds(account, ledger, next);
        if (next > ledger.since) _close(ledger, next, _head.accumulator);
        return ledger;
    }

    /// @dev What may be paid now. A payment out of the open stretch may be a wei ahead of P(V) once it is closed.
    function _due(Ledger memory ledger) internal view returns (uint256) {
        uint256 limit = _vestedLimit(ledger);
        unchecked {
            int256 due = ledger.balance + int256(_openTo(ledger, limit)) - int256(_closedFrom(ledger, limit));
            return due > 0 ? uint256(due) : 0;
        }
    }

    /// @dev Takes what is provisional, of the latest epoch first, from a ledger whose stretches are closed. The wei that was paid
    /// ahead of P(V) is not there to be taken again: with it, more would be paid and given back than was earned.
    function _takeProvisional(Ledger memory ledger, uint256 limit) internal view returns (uint256 taken) {
        _split(ledger);
        if (ledger.balance < 0) _makeUp(ledger);
        taken = Math.min(limit, ledger.latest);
        ledger.latest -= taken;
        uint256 fromFormer = Math.min(limit - taken, ledger.former);
        ledger.former -= fromFormer;
        taken += fromFormer;
    }

    function _pay(Ledger memory ledger, uint256 amount) internal pure {
        unchecked {
            ledger.balance -= int256(amount);
        }
    }

    function _load(Account storage account, uint256 today) private view returns (Ledger memory ledger) {
        ledger.today = today;
        Stretch storage stretch = account.stretch;
        (ledger.accumulator, ledger.balance) = (stretch.accumulator, stretch.balance);
        (ledger.leaf, ledger.held) = (stretch.leaf, stretch.held);
        Weights storage weights = account.weights;
        (ledger.current, ledger.previous) = (weights.current, weights.previous);
        (ledger.since, ledger.span, ledger.count) = (weights.since, weights.span, weights.count);
        (ledger.suspended, ledger.unsplit) = (weights.suspended, weights.unsplit);
        if (!ledger.held) return ledger;
        Provisional storage apart = account.provisional;
        (ledger.latest, ledger.former, ledger.epoch) = (apart.latest, apart.former, apart.epoch);
        if (!ledger.suspended) _roll(ledger, today / _vestPeriods);
    }

    function _closeOwnEnds(Account storage account, Ledger memory ledger, uint256 to) private view {
        (uint256 end, uint256 amount) = _nextOwnEnd(account, ledger.count, ledger.since, to);
        while (end != _FOREVER) {
            _close(ledger, end, _accumulatorAtEnd(end));
            ledger.current -= amount;
            (end, amount) = _nextOwnEnd(account, ledger.count, end, to);
        }
    }

    /// @dev Ends the open stretch at the start of `period` and begins the next with the same weight.
    function _close(Ledger memory ledger, uint256 period, uint256 accumulator) private view {
        uint256 earned = _openTo(ledger, accumulator);
        if (_vestPeriods == 0 || ledger.since < _vestedFrom(ledger)) {
            ledger.balance += int256(earned);
            ledger.unsplit = true;
        } else {
            _split(ledger);
            uint256 latest = earned;
            if (!ledger.suspended)
                latest = Math.min(earned, _part(ledger.current, _epochStart(ledger.today / _vestPeriods), accumulator));
            _setApart(ledger, latest, earned - latest);
        }
        ledger.accumulator = accumulator;
        ledger.previous = ledger.current;
        ledger.span = Math.min(period - ledger.since, type(uint8).max);
        ledger.since = period;
    }

    /// @dev Sets apart what the balance contains of the previous stretch that is not vested. Once nothing is, nothing will be: V
    /// only rises, except that a suspension sets it to 0, which must not reach back to a stretch that is vested.
    function _split(Ledger memory ledger) private view {
        if (_vestPeriods == 0) return;
        uint256 apart = ledger.since <= _vestedFrom(ledger) ? 0 : _closedFrom(ledger, _vestedLimit(ledger));
        ledger.unsplit = false;
        if (apart == 0) return;
        ledger.balance -= int256(apart);
        uint256 latest = _part(ledger.previous, _epochStart(ledger.today / _vestPeriods), ledger.accumulator);
        _setApart(ledger, latest, apart - latest);
    }

    function _setApart(Ledger memory ledger, uint256 latest, uint256 former) private view {
        ledger.latest += latest;
        ledger.former += former;
        ledger.epoch = ledger.today / _vestPeriods;
        ledger.held = true;
    }

    /// @dev First period whose rewards are provisional, with a health check.
    function _vestedFrom(Ledger memory ledger) private view returns (uint256) {
        return ledger.suspended ? 0 : (ledger.today / _vestPeriods - 1) * _vestPeriods;
    }

    /// @dev V of the header: up to where the accumulator pays vested rewards now.
    function _vestedLimit(Ledger memory ledger) private view returns (uint256) {
        if (_vestPeriods == 0) return _accumulatorAt(ledger.today);
        return ledger.suspended ? 0 : _epochStart(ledger.today / _vestPeriods - 1);
    }

    /// @dev Brings the amounts set apart to the current vesting epoch.
    function _roll(Ledger memory ledger, uint256 epoch) private pure {
        if (ledger.epoch == epoch) return;
        ledger.balance += int256(ledger.former);
        (ledger.former, ledger.latest) = (ledger.latest, 0);
        if (epoch - ledger.epoch > 1) {
            ledger.balance += int256(ledger.former);
            ledger.former = 0;
            ledger.held = false;
        }
        ledger.epoch = epoch;
    }

    /// @dev Balances what was paid ahead with what is set apart, which is never less.
    function _makeUp(Ledger memory ledger) private pure {
        uint256 ahead = uint256(-ledger.balance);
        uint256 fromLatest = Math.min(ahead, ledger.latest);
        ledger.latest -= fromLatest;
        ledger.former -= ahead - fromLatest;
        ledger.balance = 0;
    }

    /// @dev Of the open stretch up to `accumulator`, 0 before its start.
    function _openTo(Ledger memory ledger, uint256 accumulator) private pure returns (uint256) {
        if (accumulator <= ledger.accumulator) return 0;
        return RewardMath.earned(ledger.current, ledger.accumulator, accumulator);
    }

    /// @dev P(`accumulator`) of the previous stretch, if the balance contains it.
    function _closedFrom(Ledger memory ledger, uint256 accumulator) private pure returns (uint256) {
        return ledger.unsplit ? _part(ledger.previous, accumulator, ledger.accumulator) : 0;
    }

    function _part(uint256 weight, uint256 from, uint256 to) private pure returns (uint256) {
        return from < to ? RewardMath.earnedUp(weight, from, to) : 0;
    }
}
