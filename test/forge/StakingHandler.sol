// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IStakingEscrow} from "../../contracts/interfaces/IStakingEscrow.sol";
import {NodeRegistry} from "../../contracts/staking/NodeRegistry.sol";
import {StakingEscrow} from "../../contracts/staking/StakingEscrow.sol";
import {NKMSToken} from "../../contracts/token/NKMSToken.sol";
import {ToldEscrow} from "./ToldEscrow.sol";
import {VM, Vm} from "./Vm.sol";

/// @title Stakers, the roles above them and strangers, in random order
/// @dev Every function takes any numbers. A refusal is fine, a panic is not. What must hold of one step is checked in it and noted
/// in `broken`; what must hold at any time is checked by StakingInvariants.
contract StakingHandler is ToldEscrow {
    uint256 public constant STAKERS = 5;
    uint256 public constant DECAY_PERIODS = 200;
    uint256 public constant INITIAL_SUPPLY = 1e27;
    uint256 public constant MAX_SUPPLY = 3.89e27;
    uint256 private constant _LENGTH = 1_000;
    uint256 private constant _MINIMUM = 15_000e18;
    uint256 private constant _UNBONDING = 5;

    NKMSToken public immutable token;
    StakingEscrow public immutable escrow;
    NodeRegistry public immutable registry;
    address public immutable roles = address(0x201E5);
    address public immutable stranger = address(0x5712A);
    bool public immutable checked;

    /// @notice Wei sent to the escrow without a call.
    uint256 public donated;
    uint256 public done;
    uint256 public refused;
    /// @notice R by eq 31 and 32, period by period, in wei with 96 more bits, and how often the escrow may have rounded its own up.
    uint256 public lawfulSupply = (MAX_SUPPLY - INITIAL_SUPPLY) << 96;
    uint256 public roundings;
    /// @dev What of `toReserve` has entered `lawfulSupply`.
    uint256 private _entered;
    /// @dev The period of the last call that changed something.
    uint256 private _touched;
    mapping(address staker => Promised) private _promised;

    /// @dev What a draw could have relied on, a slash apart.
    /// @param until The latest `lockedUntil` seen.
    /// @param amount The most that was ever locked in `period`, a future one.
    struct Promised {
        uint40 until;
        uint32 period;
        uint256 amount;
    }

    constructor(bool checked_) ToldEscrow(_UNBONDING) {
        VM.warp(49 * 40_000 * _LENGTH);
        checked = checked_;
        address predicted = VM.computeCreateAddress(address(this), VM.getNonce(address(this)) + 1);
        token = new NKMSToken(predicted, address(this), INITIAL_SUPPLY, MAX_SUPPLY);
        address[] memory slashers = new address[](1);
        slashers[0] = roles;
        predicted = VM.computeCreateAddress(address(this), VM.getNonce(address(this)) + 1);
        escrow = new StakingEscrow(
            token,
            NodeRegistry(predicted),
            roles,
            checked_ ? roles : address(0),
            slashers,
            IStakingEscrow.Parameters({
                periodLength: uint32(_LENGTH),
                decayPeriods: uint32(DECAY_PERIODS),
                minDeposit: uint96(_MINIMUM),
                minLockPeriods: 1,
                maxLockPeriods: 200,
                unbondingPeriods: uint16(_UNBONDING),
                checkShareBps: checked_ ? 1_000 : 0,
                vestPeriods: checked_ ? 7 : 0
            })
        );
        registry = new NodeRegistry(address(escrow), uint32(_LENGTH));
        for (uint256 i = 0; i < STAKERS; ++i) _fund(staker(i));
        _fund(stranger);
        minted = INITIAL_SUPPLY;
    }

    // Time

    function wait(uint256 kind, uint256 amount) external {
        uint256 start = (block.timestamp / _LENGTH + 1) * _LENGTH;
        if (kind % 8 == 0) _pass(block.timestamp + (amount % 500));
        else if (kind % 8 == 1) _pass(start - 1);
        else if (kind % 8 < 5) _pass(start + (amount % 3));
        else if (kind % 8 < 7) _pass(start + (amount % 40) * _LENGTH);
        else _pass(start + (amount % 16 == 0 ? 10_000 : amount % 300) * _LENGTH);
    }

    // Stakers

    function create(uint256 who, uint256 amount, uint256 lock) external {
        address own = staker(who);
        (uint256 before, uint256 units) = (escrow.lockedAt(own, _now()), escrow.drawableUnits(own, 0));
        amount = _MINIMUM - 1 + (amount % (amount % 7 == 0 ? 1e25 : 1e23));
        (bool made, ) = _do(own, abi.encodeCall(escrow.create, (uint128(amount), uint16(lock % 41))));
        if (!made) return;
        _require(amount >= _MINIMUM, "I-E17 min_stake_or_out");
        _require(escrow.lockedAt(own, _now()) == before, "I-E15 no_flash_weight");
        _require(escrow.drawableUnits(own, 0) == units, "I-E15 no_flash_weight: draws");
    }

    function createWithPermit(uint256 who, uint256 amount, bool good) external {
        address own = staker(who);
        amount = _MINIMUM + (amount % 1e22);
        uint256 nonce = token.nonces(own);
        bytes32 digest = _permitDigest(own, amount, nonce);
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(good ? _key(who) : 1, digest);
        bytes memory data = abi.encodeCall(escrow.createWithPermit, (uint128(amount), 20, type(uint256).max, v, r, s));
        (bool made, ) = _do(own, data);
        if (made) _require(token.nonces(own) == nonce + (good ? 1 : 0), "I-T4 allowance_exact");
        VM.prank(own);
        token.approve(address(escrow), type(uint256).max);
    }

    function increase(uint256 who, uint256 index, uint256 amount) external {
        address own = staker(who);
        (uint256 before, uint256 units) = (escrow.lockedAt(own, _now()), escrow.drawableUnits(own, 0));
        _do(own, abi.encodeCall(escrow.increase, (_index(own, index), uint128(amount % 1e23))));
        _require(escrow.lockedAt(own, _now()) == before, "I-E15 no_flash_weight");
        _require(escrow.drawableUnits(own, 0) == units, "I-E15 no_flash_weight: draws");
    }

    function prolong(uint256 who, uint256 index, uint256 lock) external {
        _do(staker(who), abi.encodeCall(escrow.prolong, (_index(staker(who), index), uint16(lock % 60))));
    }

    function divide(uint256 who, uint256 index, uint256 amount) external {
        _keepingValue(staker(who), abi.encodeCall(escrow.divide, (_index(staker(who), index), uint128(amount % 1e23))));
    }

    function merge(uint256 who, uint256 into, uint256 from) external {
        address own = staker(who);
        (uint8 kept, uint8 joined) = (_index(own, into), _index(own, from));
        bool made = _keepingValue(own, abi.encodeCall(escrow.merge, (kept, joined)));
        if (kept == joined) _require(!made, "I-E9 split_merge_conserve");
    }

    function startWindDown(uint256 who, uint256 index) external {
        _do(staker(who), abi.encodeCall(escrow.startWindDown, (_index(staker(who), index))));
    }

    function stopWindDown(uint256 who, uint256 index) external {
        if (index % 3 == 0) _do(staker(who), abi.encodeCall(escrow.stopWindDown, (_index(staker(who), index))));
    }

    function withdraw(uint256 who, uint256 index) external {
        _do(staker(who), abi.encodeCall(escrow.withdraw, (_index(staker(who), index))));
    }

    function claim(uint256 who, uint256 another) external {
        address own = staker(who);
        address other = staker(another);
        uint256 due = escrow.claimable(own);
        uint256 theirs = other == own ? 0 : escrow.claimable(other);
        uint256 balance = token.balanceOf(own);
        (bool made, ) = _do(own, abi.encodeCall(escrow.claim, ()));
        if (!made) return;
        _require(token.balanceOf(own) == balance + due, "I-E12 mint_once");
        _require(escrow.claimable(own) == 0, "I-E12 mint_once");
        if (other != own) _require(escrow.claimable(other) == theirs, "I-E14 claim_invariance");
    }

    function claimAndRestake(uint256 who, uint256 index) external {
        address own = staker(who);
        uint256 deposit = escrow.depositOf(own);
        (bool made, bytes memory answer) = _do(own, abi.encodeCall(escrow.claimAndRestake, (_index(own, index))));
        if (made) _require(escrow.depositOf(own) == deposit + abi.decode(answer, (uint256)), "I-E12 mint_once");
    }

    function reactivate(uint256 who) external {
        _do(staker(who), abi.encodeCall(escrow.reactivate, ()));
    }

    function returnToReserve(uint256 who, uint256 amount) external {
        amount %= 1e22;
        _do(staker(who), abi.encodeCall(escrow.returnToReserve, (amount)));
    }

    function move(uint256 from, uint256 to, uint256 amount) external {
        (address own, address other) = (staker(from), staker(to));
        amount %= 1e22;
        VM.prank(own);
        token.approve(stranger, amount + 1);
        VM.prank(stranger);
        token.transferFrom(own, other, amount);
        _require(token.allowance(own, stranger) == 1, "I-T4 allowance_exact");
    }

    // Roles

    function reserve(uint256 who, uint256 amount) external {
        address[] memory nodes = new address[](1);
        nodes[0] = staker(who);
        _do(roles, abi.encodeCall(escrow.reserve, (nodes, amount % 1e22)));
    }

    function release(uint256 who, uint256 amount) external {
        uint256 held = escrow.reservedOf(staker(who));
        _do(roles, abi.encodeCall(escrow.release, (staker(who), amount % 3 == 0 ? amount % (held + 2) : held)));
    }

    function slash(uint256 who, uint256 penalty, uint256 share) external {
        address node = staker(who);
        penalty %= penalty % 5 == 0 ? 1e27 : 5e22;
        (uint256 deposit, uint256 due) = (escrow.depositOf(node), escrow.claimable(node));
        uint256 prover = token.balanceOf(stranger);
        delete _promised[node];
        (bool made, bytes memory answer) = _do(
            roles,
            abi.encodeCall(escrow.slash, (node, penalty, stranger, share % 2_502))
        );
        _require(made == (share % 2_502 < 2_501) || !escrow.advance(), "I-E8 slash_floor");
        if (!made) return;
        uint256 taken = abi.decode(answer, (uint256));
        uint256 proverPart = (taken * (share % 2_502)) / 10_000;
        _require(_within(taken, _least(penalty, deposit + due), 1), "I-E5 slashable_until_paid");
        _require(deposit - escrow.depositOf(node) == _least(penalty, deposit), "I-E6 slash_once");
        _require(token.balanceOf(stranger) == prover + proverPart, "I-E7 slash_conservation");
    }

    function forfeit(uint256 who, uint256 limit) external {
        address node = staker(who);
        uint256 vested = escrow.claimable(node);
        (bool made, ) = _do(roles, abi.encodeCall(escrow.forfeit, (node, limit % 1e25)));
        if (!made) return;
        _require(_within(escrow.claimable(node), vested, 1), "forfeit takes provisional rewards only");
    }

    function convict(uint256 who) external {
        if (!checked) return;
        address node = staker(who);
        uint256 vested = _vestedOnceClosed(node);
        (bool made, ) = _do(roles, abi.encodeCall(escrow.convict, (node)));
        if (!made) return;
        bool exact = escrow.claimable(node) == vested && escrow.provisional(node) == 0;
        _require(exact, "a conviction takes what is provisional");
        _require(!escrow.isActive(node), "a suspended node is not active");
    }

    /// @dev What is vested when a decision has closed the stretch. The provisional part of a closed stretch is rounded up, so it may be
    /// a wei less than what the open one showed (docs/protocol.md, section 3).
    function _vestedOnceClosed(address node) private returns (uint256 vested) {
        uint256 open = escrow.claimable(node);
        uint256 snapshot = VM.snapshotState();
        VM.prank(roles);
        try escrow.forfeit(node, 0) {
            vested = escrow.claimable(node);
        } catch {
            vested = open;
        }
        VM.revertToState(snapshot);
        _require(vested <= open && _within(vested, open, 1), "closing a stretch costs a wei at most");
    }

    function payCheck(uint256 who, uint256 amount) external {
        if (checked) _do(roles, abi.encodeCall(escrow.payCheck, (staker(who), amount % (escrow.checkPot() + 2))));
    }

    // Strangers

    /// @dev Settlement: whoever does it changes no amount of anybody.
    function settle(uint256 who, bool whole) external {
        address node = staker(who);
        bytes32 before = _seen(node);
        (bool made, ) = _do(stranger, abi.encodeCall(escrow.advance, ()));
        _require(made, "advance is total");
        if (whole) _do(stranger, abi.encodeCall(escrow.trim, (node)));
        _require(_seen(node) == before, "I-E14 claim_invariance");
    }

    function donate(uint256 who, uint256 amount) external {
        address node = staker(who);
        bytes32 before = _seen(node);
        amount %= 1e20;
        VM.prank(stranger);
        token.transfer(address(escrow), amount);
        VM.deal(address(escrow), address(escrow).balance + 1);
        donated += amount;
        _require(_seen(node) == before, "I-E18 donation_inert");
    }

    /// @dev A stranger tries every call that names a victim, or belongs to a role.
    function attack(uint256 victim, uint256 verb, uint256 amount) external {
        address node = staker(victim);
        bytes32 before = _seen(node);
        (bool made, ) = _do(stranger, _attack(node, verb % 9, amount));
        _require(!made, "I-E16 stranger_no_effect");
        _require(_seen(node) == before, "I-E16 stranger_no_effect");
    }

    // Views

    function staker(uint256 index) public pure returns (address) {
        return VM.addr(_key(index));
    }

    function _attack(address node, uint256 verb, uint256 amount) private view returns (bytes memory) {
        address[] memory nodes = new address[](1);
        nodes[0] = node;
        if (verb == 0) return abi.encodeCall(escrow.slash, (node, amount, stranger, 0));
        if (verb == 1) return abi.encodeCall(escrow.convict, (node));
        if (verb == 2) return abi.encodeCall(escrow.forfeit, (node, amount));
        if (verb == 3) return abi.encodeCall(escrow.reserve, (nodes, amount % 1e18));
        if (verb == 4) return abi.encodeCall(escrow.release, (node, amount % 1e18));
        if (verb == 5) return abi.encodeCall(escrow.payCheck, (stranger, 1));
        if (verb == 6) return abi.encodeCall(escrow.withdraw, (uint8(amount % 33)));
        if (verb == 7) return abi.encodeCall(escrow.startWindDown, (uint8(amount % 33)));
        return
            abi.encodeCall(
                escrow.createFor,
                (node, uint128(_MINIMUM), 20, type(uint256).max, abi.encode(amount, node))
            );
    }

    /// @dev One call, its events followed. A panic breaks an invariant whatever it is about.
    function _do(address sender, bytes memory data) private returns (bool made, bytes memory answer) {
        VM.recordLogs();
        VM.prank(sender);
        (made, answer) = address(escrow).call(data);
        Vm.Log[] memory logs = VM.getRecordedLogs();
        if (made) {
            _follow(logs, _now());
            ++done;
            _touched = _now();
            roundings += 2;
            for (uint256 i = 0; i < STAKERS; ++i) _keepPromise(staker(i));
        } else ++refused;
        _require(made || (answer.length >= 4 && bytes4(answer) != bytes4(0x4e487b71)), "panic");
    }

    function _keepingValue(address own, bytes memory data) private returns (bool made) {
        (uint256 deposit, uint256 next) = (escrow.depositOf(own), escrow.lockedAt(own, _now() + 1));
        (made, ) = _do(own, data);
        bool kept = escrow.depositOf(own) == deposit && escrow.lockedAt(own, _now() + 1) == next;
        _require(kept, "I-E9 split_merge_conserve");
    }

    /// @dev I-E3 by what is promised to policies, whatever the rule of any verb: neither the last second until which a node is locked
    /// nor what it has locked in a period to come ever falls.
    function _keepPromise(address node) private {
        Promised storage promised = _promised[node];
        uint40 until = escrow.lockedUntil(node);
        _require(until >= promised.until || promised.until <= block.timestamp, "I-E3 lock_monotone: until");
        promised.until = until;
        if (promised.amount == 0 || promised.period <= _now()) {
            (promised.period, promised.amount) = (_now() + 1 + uint32((done * 31) % 300), 0);
        }
        uint256 amount = escrow.lockedAt(node, promised.period);
        _require(amount >= promised.amount, "I-E3 lock_monotone: amount");
        promised.amount = amount;
    }

    /// @dev Takes `lawfulSupply` from `period` to the present one: D is positive in `period` if `locked` says so, and in those after
    /// it until the last lock ends. What was returned in `period` counts from the next.
    function _followLaw(uint256 period, bool locked) private {
        uint256 supply = lawfulSupply;
        if (locked) supply -= supply / DECAY_PERIODS;
        supply += (toReserve - _entered) << 96;
        _entered = toReserve;
        uint256 last = Math.min(_lastEnd(), _now());
        for (uint256 i = period + 1; i < last; ++i) supply -= supply / DECAY_PERIODS;
        lawfulSupply = supply;
        roundings += 3 + (_now() - period) / 7;
    }

    function _lastEnd() private view returns (uint256 last) {
        for (uint256 i = 0; i < STAKERS; ++i) {
            for (uint256 j = 0; j < 32; ++j) {
                Told storage held = _told[staker(i)][j];
                if (held.amount == 0 || held.retired) continue;
                last = Math.max(last, held.endPeriod == 0 ? type(uint256).max : held.endPeriod);
            }
        }
    }

    /// @dev Time passes. If nobody did anything in this period, all that changes follows from the law.
    function _pass(uint256 timestamp) private {
        (uint256 period, uint256 remaining, uint256 claims) = (_now(), escrow.remainingSupply(), _claims());
        (uint256 locked, uint256 next) = (escrow.totalLocked(), escrow.totalLockedAt(uint32(period + 1)));
        VM.warp(timestamp);
        uint256 periods = _now() - period;
        if (periods == 0) _require(_claims() == claims && escrow.remainingSupply() == remaining, "I-E12 mint_once");
        else _followLaw(period, locked > 0);
        if (_touched == period) return;
        uint256 allocated = remaining - escrow.remainingSupply();
        uint256 forStakers = allocated - (allocated * (checked ? 1_000 : 0)) / 10_000;
        _require(_claims() <= claims + forStakers + 2 * STAKERS, "I-E13 reward_share");
        if (locked != next || locked != escrow.totalLocked() || periods > 40) return;
        for (uint256 i = 0; i < periods && locked > 0; ++i) remaining -= remaining / DECAY_PERIODS;
        _require(_within(escrow.remainingSupply(), remaining, periods + 2), "I-E11 mint_decay_accuracy");
    }

    function _fund(address account) private {
        token.transfer(account, INITIAL_SUPPLY / 8);
        VM.prank(account);
        token.approve(address(escrow), type(uint256).max);
    }

    function _now() private view returns (uint32) {
        return uint32(block.timestamp / _LENGTH);
    }

    /// @dev One of the staker's positions, or the one after the last.
    function _index(address own, uint256 index) private view returns (uint8) {
        return uint8(index % (uint256(escrow.positionCount(own)) + 1));
    }

    /// @dev All that stakers have earned and not been paid.
    function _claims() private view returns (uint256 sum) {
        for (uint256 i = 0; i < STAKERS; ++i) sum += escrow.claimable(staker(i)) + escrow.provisional(staker(i));
    }

    /// @dev Everything that concerns a staker, and the whole.
    function _seen(address node) private view returns (bytes32) {
        bytes memory own = abi.encode(
            escrow.claimable(node),
            escrow.provisional(node),
            escrow.depositOf(node),
            escrow.reservedOf(node),
            escrow.lockedAt(node, _now()),
            escrow.lockedAt(node, _now() + 1),
            escrow.isActive(node),
            escrow.lockedUntil(node),
            escrow.drawableUnits(node, 0),
            token.balanceOf(node)
        );
        bytes memory whole = abi.encode(
            escrow.totalLocked(),
            escrow.totalLockedAt(_now() + 1),
            escrow.activeNodesAt(_now() + 1),
            escrow.remainingSupply(),
            escrow.rewardRate(),
            escrow.checkPot()
        );
        return keccak256(abi.encode(own, whole));
    }

    function _permitDigest(address own, uint256 amount, uint256 nonce) private view returns (bytes32) {
        bytes32 permit = keccak256(
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
        );
        bytes32 hash = keccak256(abi.encode(permit, own, address(escrow), amount, nonce, type(uint256).max));
        return keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), hash));
    }

    function _key(uint256 index) private pure returns (uint256) {
        return 0xA11CE + (index % STAKERS);
    }

    function _least(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }

    function _within(uint256 a, uint256 b, uint256 slack) private pure returns (bool) {
        return a > b ? a - b <= slack : b - a <= slack;
    }
}
