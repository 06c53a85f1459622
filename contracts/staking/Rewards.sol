// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IStakingEscrow} from "../interfaces/IStakingEscrow.sol";
import {RewardMath} from "../libraries/RewardMath.sol";
import {Accounts} from "./Accounts.sol";

/// @title What a staker has earned, and how much of it is vested
/// @dev A *stretch* is a run of periods with constant weight d. With acc0 the accumulator at its start, the staker has earned
///     F(acc) = floor(d (acc - acc0) / 2^96)
/// in it: one rounding for the whole stretch, down, whatever was claimed meanwhile. A stretch is closed at the end of an own
/// lock and at the start of the period after a decision.
///
/// Vesting: rewards of the current vesting epoch e and of e - 1 are provisional. With V and E the accumulator at the starts of
/// e - 1 and of e, a stretch closed at acc divides into F(V), vested, F(E) - F(V), of the former epoch, and F(acc) - F(E), of
/// the latest, each bound held within [acc0, acc]. Nothing is done when an epoch passes: amounts roll when next touched.
/// While a node is suspended nothing vests. Without a health check everything earned in ended periods is vested.
///
/// Casts: a staker's rewards stay within the supply, which is below 2^95 wei.
abstract contract Rewards is Accounts {
    struct Ledger {
        Stretch stretch;
        Weights weights;
        Provisional provisional;
    }

    /// @inheritdoc IStakingEscrow
    function claimable(address staker) external view returns (uint256) {
        return _due(_ledgerAt(_accounts[staker], _now()));
    }

    /// @inheritdoc IStakingEscrow
    function provisional(address staker) external view returns (uint256) {
        Ledger memory ledger = _ledgerAt(_accounts[staker], _now());
        uint256 open = _openTo(ledger, _lawAt(_now()).accumulator) - _openTo(ledger, _vestedLimit(ledger));
        return open + ledger.provisional.latest + ledger.provisional.former;
    }

    function _store(Account storage account, Ledger memory ledger) internal {
        account.stretch = ledger.stretch;
        account.weights = ledger.weights;
        if (ledger.provisional.epoch > 0) account.provisional = ledger.provisional;
    }

    /// @dev The ledger with all stretches closed that ended by `to`, the current or the next period. For the next one the head
    /// must have moved there, and the open stretch is closed too.
    function _ledgerAt(Account storage account, uint32 to) internal view returns (Ledger memory ledger) {
        ledger.stretch = account.stretch;
        ledger.weights = _weightsOf(account);
        if (_vestPeriods > 0) {
            ledger.provisional = account.provisional;
            _roll(ledger);
        }
        _closeOwnEnds(account, ledger, to);
        if (to > _now() && to > ledger.weights.since) _close(ledger, to, _head.accumulator);
    }

    /// @dev What may be paid now. With no health check, a stretch closed at the start of the next period contains the reward of
    /// the current one, which is held back, rounded up; the wei in question is due one period later.
    function _due(Ledger memory ledger) internal view returns (uint256) {
        uint128 limit = _vestedLimit(ledger);
        int256 due = int256(ledger.stretch.balance) + int256(_openTo(ledger, limit));
        if (_vestPeriods == 0 && ledger.weights.since > _now())
            due -= int256(RewardMath.earnedUp(ledger.weights.previous, limit, ledger.stretch.accumulator));
        return due > 0 ? uint256(due) : 0;
    }

    function _pay(Ledger memory ledger, uint256 amount) internal pure {
        ledger.stretch.balance -= int96(uint96(amount));
    }

    /// @dev Empties the provisional amounts of a ledger whose stretches are closed.
    function _takeProvisional(Ledger memory ledger, uint256 limit) internal pure returns (uint256 taken) {
        Provisional memory held = ledger.provisional;
        uint256 fromLatest = Math.min(limit, held.latest);
        uint256 fromFormer = Math.min(limit - fromLatest, held.former);
        held.latest -= uint96(fromLatest);
        held.former -= uint96(fromFormer);
        return fromLatest + fromFormer;
    }

    function _closeOwnEnds(Account storage account, Ledger memory ledger, uint32 to) private view {
        Weights memory weights = ledger.weights;
        (uint32 end, uint96 amount) = _nextOwnEnd(account, weights.count, weights.since, to);
        while (end != _FOREVER) {
            _close(ledger, end, _accumulatorAtEnd(end));
            weights.current -= amount;
            (end, amount) = _nextOwnEnd(account, weights.count, end, to);
        }
    }

    /// @dev Ends the open stretch at the start of `period` and begins the next with the same weight.
    function _close(Ledger memory ledger, uint32 period, uint128 accumulator) private view {
        Weights memory weights = ledger.weights;
        if (weights.current > 0) _credit(ledger, accumulator);
        ledger.stretch.accumulator = accumulator;
        weights.previous = weights.current;
        weights.span = uint16(Math.min(period - weights.since, type(uint16).max));
        weights.since = period;
    }

    function _credit(Ledger memory ledger, uint128 accumulator) private view {
        uint256 total = RewardMath.earned(ledger.weights.current, ledger.stretch.accumulator, accumulator);
        if (_vestPeriods == 0) {
            ledger.stretch.balance += int96(uint96(total));
            return;
        }
        uint32 epoch = _now() / _vestPeriods;
        uint256 vested = 0;
        uint256 former = 0;
        if (!ledger.weights.suspended) {
            vested = _openTo(ledger, _min(_epochStart(epoch - 1), accumulator));
            former = _openTo(ledger, _min(_epochStart(epoch), accumulator)) - vested;
        }
        ledger.stretch.balance += int96(uint96(vested));
        ledger.provisional.former += uint96(former);
        ledger.provisional.latest += uint96(total - vested - former);
        ledger.provisional.epoch = epoch;
    }

    /// @dev Brings the provisional amounts to the current vesting epoch.
    function _roll(Ledger memory ledger) private view {
        Provisional memory held = ledger.provisional;
        uint32 epoch = _now() / _vestPeriods;
        if (ledger.weights.suspended || held.epoch == epoch || held.latest | held.former == 0) return;
        bool bothVested = epoch - held.epoch > 1;
        ledger.stretch.balance += int96(held.former + (bothVested ? held.latest : 0));
        held.former = bothVested ? 0 : held.latest;
        held.latest = 0;
        held.epoch = epoch;
    }

    /// @dev Up to where the accumulator pays vested rewards now: V of the header.
    function _vestedLimit(Ledger memory ledger) private view returns (uint128) {
        if (_vestPeriods == 0) return _lawAt(_now()).accumulator;
        return ledger.weights.suspended ? 0 : _epochStart(_now() / _vestPeriods - 1);
    }

    /// @dev F(accumulator) of the open stretch, 0 before its start.
    function _openTo(Ledger memory ledger, uint128 accumulator) private pure returns (uint256) {
        if (accumulator <= ledger.stretch.accumulator) return 0;
        return RewardMath.earned(ledger.weights.current, ledger.stretch.accumulator, accumulator);
    }

    function _min(uint128 a, uint128 b) private pure returns (uint128) {
        return a < b ? a : b;
    }
}
