// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStakingEscrow} from "../interfaces/IStakingEscrow.sol";
import {EndSet} from "../libraries/EndSet.sol";
import {Periods} from "../libraries/Periods.sol";
import {RewardMath} from "../libraries/RewardMath.sol";
import {EscrowBase} from "./EscrowBase.sol";

/// @title The supply law: how much is allocated, and how much of it to a wei of weight
/// @dev The *head* holds everything at the start of a period in which locked deposits D or remaining supply R changed. Until the
/// next one D is constant, hence k periods are one power (RewardMath), and with s the checkers' share
///     R(p + k) = ceil(R(p) phi^k),   acc += floor(2^96 (1 - s) (R(p) - R(p + k)) / D).
/// Every value in between is computed from the head and never stored, so that calling more often changes nothing.
///
/// An expiry moves the head to the end of that lock. It leaves its accumulator behind, because the stretches of its positions
/// end there. The first decision of period p moves the head to p and on to p + 1; what the current period then still needs is
/// kept beside it, R(p), D(p), N(p), and D and N of p - 1. Its accumulator follows:
///     acc(p) = acc(p + 1) - floor(2^96 (1 - s) (R(p) - ceil(R(p) phi)) / D(p)).
abstract contract SupplyLaw is EscrowBase {
    using EndSet for EndSet.Set;

    /// @dev D and R are below 2^95: `Accounts` and `RewardMath` say why. Nodes have 2^18 leaves at most.
    /// @param locked D from `period` on, in wei.
    /// @param remaining R at the start of `period`, in wei.
    /// @param nextEnd First scheduled expiry later than `period`.
    /// @param accumulator Tokens per wei of weight allocated before `period`, 96 fractional bits. It would take 256 decay
    /// times of the whole supply going to a single minimal deposit to fill it; it then stands still.
    /// @param nodes Active nodes, not suspended, from `period` on.
    /// @param decided Whether a decision moved the head here: `formerLocked` and `_before` count.
    /// @param formerLocked D two periods before `period`.
    struct Head {
        uint96 locked;
        uint96 remaining;
        uint32 period;
        uint32 nextEnd;
        uint128 accumulator;
        uint24 nodes;
        bool decided;
        uint96 formerLocked;
    }

    /// @dev What a head says, in memory.
    struct Law {
        uint256 locked;
        uint256 remaining;
        uint256 period;
        uint256 nextEnd;
        uint256 accumulator;
        uint256 nodes;
    }

    /// @dev The period before a decided head.
    /// @param formerNodes Active nodes in the period before that.
    struct Before {
        uint96 locked;
        uint96 remaining;
        uint24 nodes;
        uint24 formerNodes;
    }

    /// @param accumulator At this end, once it was passed.
    /// @param weight Wei that leave D at this end.
    /// @param nodes Nodes whose last position ends here.
    struct Expiry {
        uint128 accumulator;
        uint96 weight;
        uint32 nodes;
    }

    /// @dev All that there was to allocate, ever: R_0 and what was returned. It may pass the cap, as what was returned is allocated
    /// and can be returned again, but by less than 2^95 wei in each of 2^32 periods.
    /// @param settled Up to the start of `period`; below 2^128.
    /// @param latest Returned in `period`, counts from the next; within the supply, as what R gives back is not minted before.
    struct Endowment {
        uint128 settled;
        uint96 latest;
        uint32 period;
    }

    uint256 private constant _MAX_STEPS = 32;
    uint256 private constant _BPS = 10_000;

    Head internal _head;
    Before private _before;
    mapping(uint256 period => Expiry) internal _expiries;
    EndSet.Set private _ends;
    /// @dev The accumulator at the starts of the last two vesting epochs behind the head, by parity.
    uint128[2] private _epochMarks;
    Endowment private _endowment;

    constructor(uint256 initialSupply) {
        _endowment.settled = uint128(_maxSupply - initialSupply);
        _head.remaining = uint96(_endowment.settled);
        _head.period = uint32(_now());
        _head.nextEnd = EndSet._NONE;
    }

    /// @inheritdoc IStakingEscrow
    function advance() external returns (bool done) {
        uint256 current = _now();
        if (_head.nextEnd > current) return true;
        Law memory law = _pass(current);
        _keep(law, false, 0);
        return law.nextEnd > current;
    }

    /// @inheritdoc IStakingEscrow
    function totalLocked() external view returns (uint256) {
        return _lawAt(_now()).locked;
    }

    /// @inheritdoc IStakingEscrow
    function totalLockedAt(uint32 period) external view returns (uint256 locked) {
        (locked, ) = _sumsAt(period);
    }

    /// @inheritdoc IStakingEscrow
    function activeNodesAt(uint32 period) external view returns (uint256 nodes) {
        (, nodes) = _sumsAt(period);
    }

    /// @inheritdoc IStakingEscrow
    function rewardRate() external view returns (uint256) {
        Law memory law = _lawAt(_now());
        return law.locked == 0 ? 0 : law.remaining - RewardMath.decay(law.remaining, _decayFactor, 1);
    }

    /// @inheritdoc IStakingEscrow
    function allocatedSupply() external view returns (uint256) {
        return _maxSupply - remainingSupply();
    }

    /// @inheritdoc IStakingEscrow
    function remainingSupply() public view returns (uint256) {
        return _lawAt(_now()).remaining;
    }

    /// @dev Moves the head to the next period, where a decision of this one takes effect. Passes expiries, or reverts if they are
    /// too many for one call.
    function _turn() internal returns (uint256 next) {
        uint256 current = _now();
        next = current + 1;
        if (_head.period == next) return next;
        Law memory law = _pass(current);
        if (law.nextEnd <= current) revert NeedsAdvance(uint32(law.nextEnd), uint32(current));
        (uint256 formerLocked, uint256 formerNodes) = _sumsBefore(law, current);
        _moveTo(law, current);
        _before = Before(uint96(law.locked), uint96(law.remaining), uint24(law.nodes), uint24(formerNodes));
        _moveTo(law, next);
        if (law.nextEnd == next) _expire(law);
        _keep(law, true, formerLocked);
    }

    /// @dev Adds to R from the next period, to which the head has moved.
    function _giveBack(uint256 amount) internal {
        uint256 settled = _endowment.settled;
        uint256 latest = _endowment.latest;
        uint256 current = _now();
        if (_endowment.period != current) (settled, latest) = (settled + latest, 0);
        _endowment = Endowment(uint128(settled), uint96(latest + amount), uint32(current));
        _head.remaining += uint96(amount);
    }

    /// @dev Adds to an expiry, both sums in one word: none reaches the end of its lane, since weights stay within the supply. A new
    /// end may not come long after one that nobody has passed: whoever passes that one searches all words between them.
    function _schedule(uint256 end, uint256 weight, uint256 nodes) internal {
        Expiry storage expiry = _expiries[end];
        uint256 word;
        assembly ("memory-safe") {
            word := sload(expiry.slot)
        }
        if (uint96(word >> 128) == 0) {
            _checkDistance(_now());
            _ends.add(end);
            if (end < _head.nextEnd) _head.nextEnd = uint32(end);
        }
        unchecked {
            word += (weight << 128) + (nodes << 224);
        }
        assembly ("memory-safe") {
            sstore(expiry.slot, word)
        }
    }

    function _unschedule(uint256 end, uint256 weight) internal {
        Expiry storage expiry = _expiries[end];
        expiry.weight -= uint96(weight);
        if (expiry.weight > 0) return;
        _ends.remove(end);
        if (_head.nextEnd == end) _head.nextEnd = uint32(_ends.next(end));
    }

    /// @dev What was allocated before the current period.
    function _allocatedBefore() internal view returns (uint256) {
        uint256 endowed = _endowment.settled;
        if (_endowment.period < _now()) endowed += _endowment.latest;
        return endowed - remainingSupply();
    }

    /// @dev Reverts if more than 32 expiries can lie behind, which a reader of the law would have to step over.
    function _checkDistance(uint256 current) internal view {
        uint256 end = _head.nextEnd;
        if (end < current && current - end >= Periods._GRID * _MAX_STEPS)
            revert NeedsAdvance(uint32(end), uint32(current));
    }

    /// @dev The accumulator at the end of some position.
    function _accumulatorAtEnd(uint256 end) internal view returns (uint256) {
        return end <= _head.period ? _expiries[end].accumulator : _accumulatorAt(end);
    }

    /// @dev The accumulator at the start of a vesting epoch, the current one or the one before.
    function _epochStart(uint256 epoch) internal view returns (uint256) {
        uint256 start = epoch * _vestPeriods;
        return start < _head.period ? _epochMarks[epoch & 1] : _accumulatorAt(start);
    }

    /// @dev The accumulator at the start of `period`, for which `_lawAt` holds.
    function _accumulatorAt(uint256 period) internal view returns (uint256 accumulator) {
        Head storage head = _head;
        uint256 from = head.period;
        if (from > period || head.nextEnd <= period) return _lawAt(period).accumulator;
        (, accumulator) = _grown(head.locked, head.remaining, head.accumulator, period - from);
    }

    /// @dev The law at the start of the current period, of the next, or of one between head and now.
    function _lawAt(uint256 period) internal view returns (Law memory) {
        Law memory law = _headLaw();
        if (law.period > period) {
            (law.locked, law.remaining, law.nodes) = (_before.locked, _before.remaining, _before.nodes);
            (, uint256 turned) = _grown(law.locked, law.remaining, law.accumulator, 1);
            law.accumulator -= turned - law.accumulator;
            return law;
        }
        while (law.nextEnd <= period) {
            _accrue(law, law.nextEnd);
            _lapse(law);
        }
        _accrue(law, period);
        return law;
    }

    /// @dev Writes the head, a word at a time; fields as in `Head`.
    function _keep(Law memory law, bool decided, uint256 formerLocked) private {
        uint256 sums = law.locked | (law.remaining << 96) | (law.period << 192) | (law.nextEnd << 224);
        uint256 rest = law.accumulator | (law.nodes << 128) | (formerLocked << 160);
        if (decided) rest |= 1 << 152;
        assembly ("memory-safe") {
            sstore(_head.slot, sums)
            sstore(add(_head.slot, 1), rest)
        }
    }

    /// @dev The head, taken over expiries up to `period`, at most 32.
    function _pass(uint256 period) private returns (Law memory) {
        Law memory law = _headLaw();
        for (uint256 steps = 0; law.nextEnd <= period && steps < _MAX_STEPS; ++steps) {
            _moveTo(law, law.nextEnd);
            _expire(law);
        }
        return law;
    }

    /// @dev Takes `law` to `period`, with nothing changing on the way, and marks the last two epoch starts in [law.period, period).
    function _moveTo(Law memory law, uint256 period) private {
        uint256 length = _vestPeriods;
        if (length > 0 && period > law.period) {
            uint256 epoch = (period - 1) / length;
            if ((epoch - 1) * length >= law.period) _mark(law, epoch - 1);
            if (epoch * length >= law.period) _mark(law, epoch);
        }
        _accrue(law, period);
    }

    function _mark(Law memory law, uint256 epoch) private {
        uint256 periods = epoch * _vestPeriods - law.period;
        (, uint256 accumulator) = _grown(law.locked, law.remaining, law.accumulator, periods);
        _epochMarks[epoch & 1] = uint128(accumulator);
    }

    /// @dev Passes the expiry at `law.period`.
    function _expire(Law memory law) private {
        _expiries[law.period].accumulator = uint128(law.accumulator);
        _lapse(law);
    }

    function _headLaw() private view returns (Law memory) {
        Head storage head = _head;
        return Law(head.locked, head.remaining, head.period, head.nextEnd, head.accumulator, head.nodes);
    }

    function _lapse(Law memory law) private view {
        Expiry storage expiry = _expiries[law.period];
        law.locked -= expiry.weight;
        law.nodes -= expiry.nodes;
        law.nextEnd = _ends.next(law.period);
    }

    function _accrue(Law memory law, uint256 period) private view {
        (law.remaining, law.accumulator) = _grown(law.locked, law.remaining, law.accumulator, period - law.period);
        law.period = period;
    }

    /// @dev R and the accumulator after `periods` with constant D. R falls, and its products with shares in basis points are far
    /// below 2^256.
    function _grown(
        uint256 locked,
        uint256 remaining,
        uint256 accumulator,
        uint256 periods
    ) private view returns (uint256 left, uint256 grown) {
        if (locked == 0 || periods == 0) return (remaining, accumulator);
        unchecked {
            left = RewardMath.decay(remaining, _decayFactor, periods);
            uint256 shared = (remaining - left) * (_BPS - _checkShareBps);
            grown = accumulator + RewardMath.perWeight(shared, locked * _BPS);
        }
        if (grown > type(uint128).max) grown = type(uint128).max;
    }

    /// @dev D and N of the previous, the current or the next period.
    function _sumsAt(uint256 period) private view returns (uint256 locked, uint256 nodes) {
        uint256 current = _now();
        if (period + 1 < current || period > current + 1)
            revert PeriodOutOfReach(uint32(period), uint32(current - 1), uint32(current + 1));
        Law memory law = _headLaw();
        if (period < current && law.period > current) return (_head.formerLocked, _before.formerNodes);
        if (period < current && law.period == current) return _sumsBefore(law, current);
        law = _lawAt(period);
        return (law.locked, law.nodes);
    }

    /// @dev D and N of the period before `current`, for a law that has passed all expiries up to `current`.
    function _sumsBefore(Law memory law, uint256 current) private view returns (uint256 locked, uint256 nodes) {
        if (law.period < current) return (law.locked, law.nodes);
        if (_head.decided && _head.period == current) return (_before.locked, _before.nodes);
        Expiry storage expiry = _expiries[current];
        return (law.locked + expiry.weight, law.nodes + expiry.nodes);
    }
}
