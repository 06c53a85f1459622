// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStakingEscrow} from "../interfaces/IStakingEscrow.sol";
import {EndSet} from "../libraries/EndSet.sol";
import {RewardMath} from "../libraries/RewardMath.sol";
import {EscrowBase} from "./EscrowBase.sol";

/// @title The supply law: how much is allocated, and how much of it to a wei of weight
/// @dev An *anchor* holds everything at the start of a period in which locked deposits D or remaining supply R changed. Until
/// the next one D is constant, hence k periods are one power (RewardMath):
///     R(p + k) = ceil(R(p) phi^k),   allocated = R(p) - R(p + k),   acc += floor(2^96 (allocated - pot share) / D).
/// Every value in between is computed from the anchor and never stored, so that calling more often changes nothing.
///
/// A decision in period p moves the head to p + 1; an expiry moves it to the end of that lock. The two anchors before the head
/// are kept: one covers the current period, one the period before. An expiry that was passed leaves its accumulator behind,
/// because the stretches of its positions end there.
abstract contract SupplyLaw is EscrowBase {
    using EndSet for EndSet.Set;

    /// @param locked D from `period` on, in wei.
    /// @param remaining R at the start of `period`, in wei.
    /// @param nextEnd First scheduled expiry later than `period`; exact in the head, not kept up in past anchors.
    /// @param accumulator Tokens per wei of weight allocated before `period`, 96 fractional bits. It would take 256 decay
    /// times of the whole supply going to a single minimal deposit to fill it; it then stands still.
    /// @param pot Wei allocated to the health checkers before `period`, paid out or not.
    /// @param nodes Active nodes, not suspended, from `period` on.
    /// @param newest Which of the past anchors is the latest (head only).
    struct Anchor {
        uint96 locked;
        uint96 remaining;
        uint32 period;
        uint32 nextEnd;
        uint128 accumulator;
        uint96 pot;
        uint24 nodes;
        uint8 newest;
    }

    /// @param accumulator At this end, once it was passed.
    /// @param weight Wei that leave D at this end.
    /// @param nodes Nodes whose last position ends here.
    struct Expiry {
        uint128 accumulator;
        uint96 weight;
        uint32 nodes;
    }

    uint256 private constant _MAX_STEPS = 32;
    uint256 private constant _BPS = 10_000;

    Anchor internal _head;
    Anchor[2] private _past;
    mapping(uint32 period => Expiry) internal _expiries;
    EndSet.Set private _ends;
    /// @dev The accumulator at the starts of the last two vesting epochs behind the head, by parity.
    uint128[2] private _epochMarks;

    constructor(uint256 initialSupply) {
        _head.remaining = uint96(_maxSupply - initialSupply);
        _head.period = _now();
        _head.nextEnd = EndSet._NONE;
    }

    /// @inheritdoc IStakingEscrow
    function advance() external returns (bool done) {
        return _passExpiries(_now());
    }

    /// @inheritdoc IStakingEscrow
    function totalLocked() external view returns (uint256) {
        return _lawAt(_now()).locked;
    }

    /// @inheritdoc IStakingEscrow
    function totalLockedAt(uint32 period) external view returns (uint256) {
        return _lawNear(period).locked;
    }

    /// @inheritdoc IStakingEscrow
    function activeNodesAt(uint32 period) external view returns (uint256) {
        return _lawNear(period).nodes;
    }

    /// @inheritdoc IStakingEscrow
    function rewardRate() external view returns (uint256) {
        uint32 current = _now();
        Anchor memory law = _anchorOf(current);
        if (law.locked == 0) return 0;
        (uint256 before, , ) = _allocation(law, current);
        (uint256 remaining, , ) = _allocation(law, current + 1);
        return before - remaining;
    }

    /// @inheritdoc IStakingEscrow
    function allocatedSupply() external view returns (uint256) {
        return _maxSupply - _lawAt(_now()).remaining;
    }

    /// @inheritdoc IStakingEscrow
    function remainingSupply() external view returns (uint256) {
        return _lawAt(_now()).remaining;
    }

    /// @dev Moves the head to the next period, where a decision of this one takes effect.
    function _turn() internal {
        uint32 current = _now();
        _catchUp(current + 1);
        Anchor memory law = _headLaw();
        if (law.period > current) return;
        _remember(law, current + 1);
        _accrue(law, current + 1);
        _setHead(law);
    }

    /// @dev Passes all expiries up to `period`, or reverts if they are too many for one call.
    function _catchUp(uint32 period) internal {
        if (!_passExpiries(period)) revert NeedsAdvance(_head.nextEnd, _now());
    }

    function _schedule(uint32 end, uint256 weight) internal {
        Expiry storage expiry = _expiries[end];
        if (expiry.weight == 0) {
            _ends.add(end);
            if (end < _head.nextEnd) _head.nextEnd = end;
        }
        expiry.weight += uint96(weight);
    }

    function _unschedule(uint32 end, uint256 weight) internal {
        Expiry storage expiry = _expiries[end];
        expiry.weight -= uint96(weight);
        if (expiry.weight > 0) return;
        _ends.remove(end);
        if (_head.nextEnd == end) _head.nextEnd = _ends.next(end);
    }

    /// @dev The law at the start of `period`, the previous, the current or the next.
    function _lawAt(uint32 period) internal view returns (Anchor memory law) {
        law = _anchorOf(period);
        _accrue(law, period);
    }

    /// @dev The accumulator at the end of some position.
    function _accumulatorAtEnd(uint32 end) internal view returns (uint128) {
        return end <= _head.period ? _expiries[end].accumulator : _lawAt(end).accumulator;
    }

    /// @dev The accumulator at the start of a vesting epoch, the current one or the one before.
    function _epochStart(uint32 epoch) internal view returns (uint128) {
        uint32 start = epoch * _vestPeriods;
        return start < _head.period ? _epochMarks[epoch & 1] : _lawAt(start).accumulator;
    }

    function _passExpiries(uint32 period) private returns (bool done) {
        Anchor memory law = _headLaw();
        if (law.nextEnd > period) return true;
        for (uint256 steps = 0; law.nextEnd <= period && steps < _MAX_STEPS; ++steps) {
            uint32 end = law.nextEnd;
            _remember(law, end);
            _step(law);
            _expiries[end].accumulator = law.accumulator;
        }
        _setHead(law);
        return law.nextEnd > period;
    }

    function _setHead(Anchor memory law) private {
        _head = law;
    }

    /// @dev Called before the head, which holds `law`, moves to `to`.
    function _remember(Anchor memory law, uint32 to) private {
        if (_vestPeriods > 0) _markEpochs(law, to);
        law.newest ^= 1;
        _past[law.newest] = law;
    }

    /// @dev Keeps the accumulator at the last two epoch starts in [law.period, to).
    function _markEpochs(Anchor memory law, uint32 to) private {
        uint32 epoch = (to - 1) / _vestPeriods;
        for (uint32 i = 0; i < 2 && epoch * _vestPeriods >= law.period; ++i) {
            uint32 start = epoch * _vestPeriods;
            bool grows = law.locked > 0 && start > law.period;
            uint128 accumulator = law.accumulator;
            if (grows) (, , accumulator) = _allocation(law, start);
            _epochMarks[epoch & 1] = accumulator;
            if (epoch == 0) return;
            --epoch;
        }
    }

    /// @dev Takes `law` over its next expiry.
    function _step(Anchor memory law) private view {
        uint32 end = law.nextEnd;
        Expiry storage expiry = _expiries[end];
        _accrue(law, end);
        law.locked -= expiry.weight;
        law.nodes -= uint24(expiry.nodes);
        law.nextEnd = _ends.next(end);
    }

    /// @dev Takes `law` to `period`, with nothing changing on the way.
    function _accrue(Anchor memory law, uint32 period) private view {
        if (law.locked > 0 && period > law.period) {
            (uint256 remaining, uint256 potPart, uint128 accumulator) = _allocation(law, period);
            law.remaining = uint96(remaining);
            law.pot += uint96(potPart);
            law.accumulator = accumulator;
        }
        law.period = period;
    }

    /// @dev The anchor from which `period` is computed.
    function _anchorOf(uint32 period) private view returns (Anchor memory law) {
        law = _headLaw();
        if (law.period <= period) {
            while (law.nextEnd <= period) _step(law);
        } else {
            uint8 newest = law.newest;
            law = _pastLaw(newest);
            if (law.period > period) law = _pastLaw(newest ^ 1);
        }
    }

    function _headLaw() private view returns (Anchor memory) {
        return _head;
    }

    function _pastLaw(uint8 which) private view returns (Anchor memory) {
        return _past[which];
    }

    function _allocation(
        Anchor memory law,
        uint32 period
    ) private view returns (uint256 remaining, uint256 potPart, uint128 accumulator) {
        remaining = RewardMath.decay(law.remaining, _decayFactor, period - law.period);
        uint256 allocated = law.remaining - remaining;
        potPart = (allocated * _checkShareBps) / _BPS;
        uint256 grown = law.accumulator + RewardMath.perWeight(allocated - potPart, law.locked);
        accumulator = grown > type(uint128).max ? type(uint128).max : uint128(grown);
    }

    function _lawNear(uint32 period) private view returns (Anchor memory) {
        uint32 current = _now();
        if (period + 1 < current || period > current + 1) revert PeriodOutOfReach(period, current - 1, current + 1);
        return _lawAt(period);
    }
}
