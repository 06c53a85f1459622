// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStakerConsents} from "./IStakerConsents.sol";

/// @title The staking escrow: deposits, locks, rewards, the stake line
/// @notice A *staker* locks NKMS in up to 32 *positions* and thereby runs a node, whose id is the staker's address. Time is
/// counted in *periods* (timestamp / periodLength). Every decision about stake counts from the next period.
///
/// A position re-locks by itself every period. After `startWindDown` in period p its end is fixed at p + 1 + lock, rounded
/// up to a multiple of 7; from the end on it has no weight, and `unbondingPeriods` later it can be withdrawn.
///
/// Supply law (the paper's eq 31 and 32 in whole periods): with R the remaining supply and D the locked deposits, a period
/// with D > 0 allocates R / decayPeriods, to each staker in proportion to its weight (eq 30). Nobody sends a transaction per
/// period: rewards follow from an accumulator. Rewards are paid when claimed, and only for periods which have ended.
///
/// @dev Interval rule, everywhere: half-open. A lock or wait until period e is over from the first second of e.
/// Invariants held by tests: I-E1 to I-E18 of `docs/protocol.md`.
/// Warnings: tokens sent here without a call are lost, they count for nobody. Claim before a lock of yours is slashed: what
/// is paid out is beyond a slash.
interface IStakingEscrow {
    /// @notice Chosen at deployment, for ever.
    /// @param periodLength Seconds in a period, 1 to 2^21.
    /// @param decayPeriods The paper's T: periods in which the reward rate falls by a factor of e, 2 to 2^24.
    /// @param minDeposit The paper's s_min, in wei, per position; at least 256 units of the stake line.
    /// @param minLockPeriods Shortest lock, at least 1.
    /// @param maxLockPeriods Longest lock, at most 2^15.
    /// @param unbondingPeriods Periods between the end of a lock and its withdrawal, 1 to 2^15. Not shorter than the challenge
    /// window and the apply window of the health check together, plus one: the contracts that open those windows check it.
    /// @param checkShareBps Part of each allocation that goes to the pot of the health checkers, in basis points, at most
    /// 5,000; 0 without a health check.
    /// @param vestPeriods Length of a vesting epoch in periods, at most the number of the period of deployment; 0 without a
    /// health check: rewards then vest at once.
    struct Parameters {
        uint32 periodLength;
        uint32 decayPeriods;
        uint96 minDeposit;
        uint16 minLockPeriods;
        uint16 maxLockPeriods;
        uint16 unbondingPeriods;
        uint16 checkShareBps;
        uint16 vestPeriods;
    }

    /// @param amount Tokens in it, in wei; 0 means that there is no such position.
    /// @param lockPeriods Its lock in periods, counted from the period after winding down starts.
    /// @param endPeriod First period without weight; 0 while it re-locks.
    /// @param retired Below the minimum after a slash: no weight any more, withdrawable as any other.
    struct Position {
        uint96 amount;
        uint16 lockPeriods;
        uint32 endPeriod;
        bool retired;
    }

    /// @notice A position was created; it has weight from the next period.
    event PositionCreated(address indexed staker, uint8 index, uint256 amount, uint16 lockPeriods);

    /// @notice Tokens were added to a position; they have weight from the next period.
    event PositionIncreased(address indexed staker, uint8 index, uint256 amount);

    /// @notice A position's lock became `lockPeriods`. `endPeriod` is its new end, 0 if it re-locks.
    event PositionProlonged(address indexed staker, uint8 index, uint16 lockPeriods, uint32 endPeriod);

    /// @notice `amount` of position `index` became position `newIndex`, with the same lock and end.
    event PositionDivided(address indexed staker, uint8 index, uint8 newIndex, uint256 amount);

    /// @notice Position `from` was joined to position `into`, which keeps the later end and the longer lock.
    event PositionsMerged(address indexed staker, uint8 into, uint8 from, uint16 lockPeriods, uint32 endPeriod);

    /// @notice A position's end was fixed.
    event WindDownStarted(address indexed staker, uint8 index, uint32 endPeriod);

    /// @notice A position re-locks again.
    event WindDownStopped(address indexed staker, uint8 index);

    /// @notice A position was paid out and exists no more.
    event Withdrawn(address indexed staker, uint8 index, uint256 amount);

    /// @notice Rewards were minted to the staker, or into one of its positions.
    event RewardClaimed(address indexed staker, uint256 amount);

    /// @notice `amount` left position `index` by a slash; `retired` if the rest is below the minimum.
    event PositionSlashed(address indexed node, uint8 index, uint256 amount, bool retired, uint32 endPeriod);

    /// @notice A slash took `taken`, of which `proverPart` went to `prover` and the rest back to the reserve. Prover zero gets nothing.
    event Slashed(address indexed node, address indexed prover, uint256 penalty, uint256 taken, uint256 proverPart);

    /// @notice Rewards that were not yet vested went back to the reserve.
    event RewardForfeited(address indexed node, uint256 amount);

    /// @notice A node was convicted by the health check and earns nothing until it reactivates.
    event NodeSuspended(address indexed node, uint8 strikes, uint40 earliestReactivation);

    /// @notice A suspended node can be drawn and take policies again. It earns and counts as active from the next period.
    event NodeReactivated(address indexed node);

    /// @notice Checkers were paid from the pot.
    event CheckPaid(address indexed checker, uint256 amount);

    /// @notice `amount` was burned and re-enters the remaining supply in the next period.
    event ReturnedToReserve(address indexed from, uint256 amount);

    error ZeroAmount();
    error DepositBelowMinimum(uint256 amount, uint256 minimum);
    error DepositAboveMaximum(uint256 amount, uint256 maximum);
    error LockOutOfRange(uint256 lockPeriods, uint256 minimum, uint256 maximum);
    error TooManyPositions(address staker, uint256 maximum);
    error NoSuchPosition(address staker, uint8 index);
    error AlreadyWindingDown(uint8 index, uint32 endPeriod);
    error NotWindingDown(uint8 index);
    /// @notice The position has no weight from the next period on: nothing but its withdrawal is left.
    error PositionEnded(uint8 index, uint32 endPeriod, uint32 currentPeriod);
    error StillLocked(uint8 index, uint32 withdrawablePeriod, uint32 currentPeriod);
    error LockNotLonger(uint8 index, uint256 lockPeriods, uint256 current);
    error MergeWithItself(uint8 index);
    /// @notice A re-locking and a winding-down position do not merge.
    error EndsDiffer(uint32 endPeriod, uint32 otherEndPeriod);
    /// @notice The first expiry that lies behind is `expiryPeriod`. More than 32 do, or, for a claim or a withdrawal, it is 224 periods
    /// old or older, so that more than 32 can; call `advance` first.
    error NeedsAdvance(uint32 expiryPeriod, uint32 currentPeriod);
    error NotAllowed(address caller);
    error NodeInactive(address node);
    error NodeIsSuspended(address node);
    error NodeNotSuspended(address node);
    error TooEarlyToReactivate(address node, uint40 earliest, uint40 timestamp);
    error InsufficientCollateral(address node, uint256 available, uint256 required);
    error ReleaseAboveReserved(address node, uint256 amount, uint256 reserved);
    error ProverShareTooHigh(uint256 shareBps, uint256 maximumBps);
    error PotTooSmall(uint256 amount, uint256 pot);
    error ConsentExpired(uint256 deadline, uint256 timestamp);
    error InvalidConsent(address staker);
    error StakeLineEmpty();
    /// @notice No leaf is left for another node.
    error StakeLineFull(uint256 leaves);
    /// @notice The random numbers ran out before enough distinct nodes were found.
    error RandomsExhausted(uint256 found, uint256 wanted);
    error PeriodOutOfReach(uint32 period, uint32 first, uint32 last);
    error ParameterOutOfRange(bytes32 name, uint256 value, uint256 minimum, uint256 maximum);
    error WrongEscrow(address escrow, address expected);

    /// @notice Locks `amount` wei of the caller, who has approved them, in a new position.
    /// @dev Reverts with `DepositBelowMinimum`, `DepositAboveMaximum`, `LockOutOfRange`, `TooManyPositions`.
    /// @param lockPeriods Within `minLockPeriods` and `maxLockPeriods`.
    /// @return index Number of the position, below 32.
    function create(uint128 amount, uint16 lockPeriods) external returns (uint8 index);

    /// @notice `create` with an ERC-2612 permit for exactly `amount` in place of an approval. A permit that somebody else has
    /// already submitted does no harm: the allowance decides.
    function createWithPermit(
        uint128 amount,
        uint16 lockPeriods,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (uint8 index);

    /// @notice Locks `amount` wei of the caller in a new position of `staker`, who has consented.
    /// @dev What is signed stands in IStakerConsents. Reverts with `ConsentExpired`, `InvalidConsent`, and as `create` does.
    /// @param deadline First second at which the consent is void.
    function createFor(
        address staker,
        uint128 amount,
        uint16 lockPeriods,
        uint256 deadline,
        bytes calldata consent
    ) external returns (uint8 index);

    /// @notice Adds `amount` wei to a position of the caller. The addition shares the position's lock and end.
    function increase(uint8 index, uint128 amount) external;

    /// @notice Makes a position's lock longer. If it winds down, its end moves by as many periods, rounded up to 7, and the lock grows
    /// by what the end moves, so that it ends no earlier if winding down is stopped and started again.
    /// @dev Reverts with `LockNotLonger`, with `LockOutOfRange` for the lock that it would have then, and with `NeedsAdvance` where
    /// no other position has its new end and 32 expiries can lie behind.
    function prolong(uint8 index, uint16 lockPeriods) external;

    /// @notice Splits `amount` wei off a position; both parts are at least `minDeposit`.
    function divide(uint8 index, uint128 amount) external returns (uint8 newIndex);

    /// @notice Joins position `from` to position `into`. Both re-lock, or both wind down: the later end and the longer lock stay.
    function merge(uint8 into, uint8 from) external;

    /// @notice Fixes the end of a position: current period + 1 + its lock, rounded up to a multiple of 7.
    /// @dev Reverts with `NeedsAdvance` where no other position has that end and 32 expiries can lie behind.
    function startWindDown(uint8 index) external;

    /// @notice Lets a winding-down position re-lock again; possible while its end is later than the next period.
    function stopWindDown(uint8 index) external;

    /// @notice Pays out a position whose lock and unbonding time are over.
    /// @dev Reverts with `StillLocked`, and with `InsufficientCollateral` if the rest would not cover what policies reserve.
    function withdraw(uint8 index) external;

    /// @notice Mints the caller's vested rewards to it.
    /// @dev Reverts with `NeedsAdvance`, and with SafeCast's error where more than 2^95 wei would have been paid since the weight last
    /// changed, which takes rewards that are returned to the reserve and earned again; an increase by a wei makes way.
    /// @return amount In wei; 0 if nothing is due.
    function claim() external returns (uint256 amount);

    /// @notice Mints the caller's vested rewards into one of its positions.
    function claimAndRestake(uint8 index) external returns (uint256 amount);

    /// @notice Passes up to 32 expiries. Open to all, changes nobody's amounts, never reverts.
    /// @return done Whether no passed expiry is left.
    function advance() external returns (bool done);

    /// @notice Lowers the leaf of `node` on the stake line to its weight. Open to all, changes nobody's amounts.
    function trim(address node) external;

    /// @notice Burns `amount` wei of the caller's tokens, within its allowance to this contract, and adds them to the
    /// remaining supply from the next period. Open to all.
    /// @dev Reverts with `ZeroAmount`, `DepositAboveMaximum`.
    function returnToReserve(uint256 amount) external;

    /// @notice Reserves `amountEach` of the deposit of every node. Only for the policy manager.
    /// @dev Reverts with `NodeInactive` or `InsufficientCollateral`.
    /// @dev What is reserved follows from the policy manager's PolicyCreated, ShareReleased and ShareLeaked: no event here.
    function reserve(address[] calldata nodes, uint256 amountEach) external;

    /// @notice Releases `amount` of what is reserved at `node`. Only for the policy manager.
    function release(address node, uint256 amount) external;

    /// @notice Takes min(`penalty`, what there is) from a node: re-locking positions by index, then winding-down ones, then
    /// unbonding ones, then vested rewards. Only for slashers. Never reverts on the amount.
    /// @param prover Zero if there is none: its share goes back to the reserve too.
    /// @param proverShareBps At most 2,500.
    /// @return taken In wei.
    function slash(
        address node,
        uint256 penalty,
        address prover,
        uint256 proverShareBps
    ) external returns (uint256 taken);

    /// @notice Takes all provisional rewards of `node`, at most `limit` wei. Only for slashers (leaks) and the health check.
    /// @return taken In wei; goes back to the reserve.
    function forfeit(address node, uint256 limit) external returns (uint256 taken);

    /// @notice Takes all provisional rewards of `node` and suspends it from this second. Only for the health check.
    function convict(address node) external;

    /// @notice Ends the caller's suspension, not before its wait is over: it can be drawn and take policies from this second, and
    /// earns and counts as active from the next period. What accrued meanwhile goes back to the reserve.
    function reactivate() external;

    /// @notice Mints `amount` from the pot of the health checkers. Only for the health check.
    function payCheck(address checker, uint256 amount) external;

    /// @notice The period of this block: timestamp / periodLength.
    function currentPeriod() external view returns (uint32);

    /// @notice Seconds in a period.
    function periodLength() external view returns (uint32);

    /// @notice All parameters of the deployment.
    function parameters() external view returns (Parameters memory);

    /// @notice The paper's D for the current period, in wei.
    function totalLocked() external view returns (uint256);

    /// @notice The paper's D for the previous, current or next period.
    function totalLockedAt(uint32 period) external view returns (uint256);

    /// @notice Nodes with an active position and not suspended, in the previous, current or next period.
    function activeNodesAt(uint32 period) external view returns (uint256);

    /// @notice The paper's s: what the current period allocates, in wei; 0 while nothing is locked.
    function rewardRate() external view returns (uint256);

    /// @notice The paper's S at the start of the current period: maxSupply - remainingSupply, in wei.
    function allocatedSupply() external view returns (uint256);

    /// @notice R = S_max - S at the start of the current period, in wei.
    function remainingSupply() external view returns (uint256);

    /// @notice What the pot of the health checkers holds, in wei.
    function checkPot() external view returns (uint256);

    /// @notice What `claim` would pay `staker` now, in wei.
    /// @dev Steps over the expiries that `advance` has not passed, at most one per 7 periods, once for each end of an own position
    /// among them, at most 32, and once more. `claim` refuses with `NeedsAdvance` where more than 32 can lie behind; this does not.
    function claimable(address staker) external view returns (uint256);

    /// @notice Rewards of `staker` which are not yet vested, in wei: of ended periods, and of the current one as soon as a
    /// decision has changed the weight that follows it.
    function provisional(address staker) external view returns (uint256);

    /// @notice One position.
    function position(address staker, uint8 index) external view returns (Position memory);

    /// @notice One more than the highest position index in use. Indices below it may be empty.
    function positionCount(address staker) external view returns (uint8);

    /// @notice All tokens in positions of `staker`, ended ones included: what a slash can reach, rewards apart.
    function depositOf(address staker) external view returns (uint256);

    /// @notice What of the deposit of `node` policies have reserved.
    function reservedOf(address node) external view returns (uint256);

    /// @notice Weight of `staker` in `period`, as known now: for the previous, the current and the next period exact, beyond that what
    /// stays locked even if everything began to wind down now.
    /// @dev The previous weight is forgotten, and asking for it reverts with `PeriodOutOfReach`, for the rest of a period in which the
    /// staker changed its weight after it had done so in the previous one, or in which it was slashed.
    function lockedAt(address staker, uint32 period) external view returns (uint256);

    /// @notice The second until which at least one position of `node` stays locked; 0 if none.
    function lockedUntil(address node) external view returns (uint40);

    /// @notice Whether `node` has weight in the current period and is not suspended now.
    function isActive(address node) external view returns (bool);

    /// @notice Whether `node` is suspended now.
    function isSuspended(address node) external view returns (bool);

    /// @notice Where consents to `createFor` are checked and counted; deployed by this contract.
    function stakerConsents() external view returns (IStakerConsents);

    /// @notice Wei per unit of the stake line: ceil(maxSupply / (2^32 - 1)).
    function unit() external view returns (uint256);

    /// @notice Length of the stake line: the sum of all leaves, in units.
    function totalUnits() external view returns (uint256);

    /// @notice Number of leaves ever used.
    function leafCount() external view returns (uint256);

    /// @notice One leaf.
    /// @return node Who holds it, zero if it is free.
    /// @return units Its width.
    /// @return since First period in which its holder can be drawn.
    function leafAt(uint256 leaf) external view returns (address node, uint32 units, uint32 since);

    /// @notice Units of `node` that are active now and in the next period and stay locked until the second `until`. What was
    /// added in this period is subtracted whole, as if none of the rest lasted less. None in a period in which the node was slashed.
    function drawableUnits(address node, uint40 until) external view returns (uint256);

    /// @notice Draws `n` distinct nodes in proportion to their stake (the paper's eq 25 to 29).
    /// @dev Random j falls at x = randoms[j] mod the length of the line. It is void, and the next one is used, if its offset in the leaf
    /// is not below `drawableUnits`, or if the node was drawn before. Reverts with `StakeLineEmpty`, `RandomsExhausted`.
    /// @param randoms Uniform 256-bit numbers of the caller, more than `n`.
    /// @param until The second until which stake must stay locked, usually the end of the policy.
    function sample(uint256 n, uint256[] calldata randoms, uint40 until) external view returns (address[] memory nodes);
}
