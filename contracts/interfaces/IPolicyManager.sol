// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Policies: what nodes serve, who pays them, and how it ends
/// @notice An owner shares one path with one recipient through up to 32 nodes. Fees are escrowed in NKMS, stream to the nodes by
/// the second and go back to the payer for every second not served. Each node stands in with collateral per share.
/// @dev The life of a policy
/// - create: every node has signed; fee (payer) and bounties (owner) are pulled, collateral is reserved. One state word is written.
/// - renew: raises the end, before it is reached, up to `maxEnd`, and adds fee for the nodes still in it.
/// - revokeNode / revoke: lowers what is still to be paid and refunds the payer at once; no later second earns.
/// - claim: moves a node's lane; pays what it served to the staker, suspended seconds back to the payer.
/// - finalClaim, returnBounty: after end + challengeWindow + revealWindow, by anybody: the rest of the fee, the collateral, the
///   bounties. State is never cleared, so an id is used once.
///
/// Money of node i, with rate r = feeRate (VII.C, III.C: the paper's f/T):
///   deposit = r * (end - start); earned(t) = r * (seconds of [start, min(t, end)) not suspended); all else is refunded.
/// A revocation at t sets end to max(t, min(start + minPaid, end)). The paper's refund (1 - t/T) f is r * (end - t) with f = r * T.
/// Seconds and rates are integers, so nothing is ever rounded.
///
/// A policy is its hash: policyId = keccak256(abi.encode(keccak256(abi.encode(terms)), keccak256(abi.encode(nodes)),
/// keccak256(abi.encode(commitments)))). Later calls show `Policy` again; a wrong term or node gives an unknown id.
///
/// EIP-712 domain {name "NKMS PolicyManager", version "1"}:
/// - `Acceptance(bytes32 policyId,uint256 shareIndex)`, by the node's worker of now: it verified and stored its fraction.
/// - `Payment(bytes32 policyId,uint256 end,uint256 maximum,uint256 deadline)`, by the payer: pays at most `maximum` more so that the
///   policy runs until `end`.
/// - `Grant(bytes32 policyId,uint256 end,uint256 maximum,uint256 deadline)`, by the owner: wants the policy until `end` and escrows
///   at most `maximum` of bounties.
/// - `Revocation(bytes32 policyId)`, by the owner: ends it.
/// Contracts sign by EIP-1271. An id is created once and its end only rises by renewal, so none of them can be used twice.
///
/// Warnings
/// - The list of nodes and the recipient's signing address are public.
/// - Below `threshold` nodes nobody can read, so the policy closes as by a revocation.
/// - Refunds always go to `payer`, whoever calls.
///
/// Safe as long as the token is NKMS (no hooks, no fee on transfer) and `escrow` refuses inactive nodes and overdrawn collateral.
/// Live as long as `escrow.release` does not revert for what was reserved.
///
/// Invariants (balance = this contract's own accounting, donations aside)
/// - I-P1 `policy_solvency`: balance = sum over live shares of r * (end - claimed until) + bounties neither returned nor paid out.
/// - I-P2 `policy_conserve`: per policy, deposit = earned + refunded + seized + still escrowed, at every step.
/// - I-P3 `earn_bound`: a node earns at most r * (seconds of [start, end) not suspended).
/// - I-P4 `refund_once`; I-P5 `nodes_distinct`; I-P6 `no_retro_price`; I-P8 `revoke_final`.
interface IPolicyManager {
    /// @notice Everything owner, payer, recipient and nodes agree on. Times are Unix seconds.
    /// @param owner Who shares: may renew, revoke, and gets the bounties back.
    /// @param payer Who pays the fee and gets every refund.
    /// @param recipientSigner Address that signs the recipient's requests.
    /// @param threshold How many nodes' answers open a capsule, 1 to the number of nodes.
    /// @param pathKeyId keccak256 of the path's compressed public key.
    /// @param recipientKeyId keccak256 of the recipient's compressed public key.
    /// @param start First second served and paid.
    /// @param end First second not served any more, as created.
    /// @param maxEnd Up to where it may be renewed; at most start + maxDuration.
    /// @param acceptBy The policy can be created before this second only; nodes then drop their fractions.
    /// @param feeRate NKMS wei per node and second; 0 if the data's users pay.
    /// @param bounty NKMS wei per share for who proves that the node leaked it; 0, or from a tenth of the collateral to below it.
    /// @param conditionHash keccak256 of the condition; 0 = none. A condition is abi.encode(address, bytes).
    /// @param noteHash keccak256 of the owner's encrypted note to herself; 0 = none.
    struct Terms {
        address owner;
        address payer;
        address recipientSigner;
        uint8 threshold;
        bytes32 pathKeyId;
        bytes32 recipientKeyId;
        uint40 start;
        uint40 end;
        uint40 maxEnd;
        uint40 acceptBy;
        uint128 feeRate;
        uint128 bounty;
        bytes32 conditionHash;
        bytes32 noteHash;
    }

    /// @notice What is fixed about one fraction: a digest of its parts and the Ethereum address of its public point.
    struct Commitment {
        bytes32 digest;
        address point;
    }

    /// @notice A worker's signature of an acceptance in the compact form of EIP-2098.
    struct Acceptance {
        bytes32 r;
        bytes32 vs;
    }

    /// @notice A new policy with all that its id hides.
    /// @param nodes Strictly ascending stakers, 1 to 32; the place of a node is its share index.
    /// @param commitments One per node.
    /// @param condition Bytes of `terms.conditionHash`; empty if none.
    /// @param note Bytes of `terms.noteHash`, at most 96; empty if none.
    /// @param acceptances One per node.
    struct Creation {
        Terms terms;
        address[] nodes;
        Commitment[] commitments;
        bytes condition;
        bytes note;
        Acceptance[] acceptances;
    }

    /// @notice An existing policy as later calls show it: `commitmentsHash` = keccak256(abi.encode(commitments)).
    struct Policy {
        Terms terms;
        address[] nodes;
        bytes32 commitmentsHash;
    }

    /// @notice A party's agreement when it is not the caller; not read when it is.
    /// @param maximum NKMS wei that may be pulled from it by this call.
    /// @param deadline First second at which it is no longer valid.
    /// @param signature 65 bytes, or what the party's contract takes (EIP-1271).
    struct Consent {
        uint256 maximum;
        uint256 deadline;
        bytes signature;
    }

    /// @notice All that is stored of a policy besides the lanes. Bit i of a bitmap is share i.
    /// @param end Present end: renewals raise it, a revocation lowers it. All windows count from it.
    /// @param removed Shares that left: revoked alone, expelled or leaked.
    /// @param leaked Shares whose leak was proven.
    /// @param disclosed Shares whose key was revealed with the owner's agreement.
    /// @param bountyReturned Shares whose bounty went back to the owner.
    /// @param released Shares that had their final claim.
    /// @param closed Nothing is served any more, though `end` may lie ahead while `minPaid` runs.
    struct State {
        uint40 end;
        uint32 removed;
        uint32 leaked;
        uint32 disclosed;
        uint32 bountyReturned;
        uint32 released;
        bool closed;
        bool exists;
    }

    /// @notice Fixed at construction.
    /// @param collateralPerKey NKMS wei reserved from a node's stake per share; not zero.
    /// @param minFee NKMS wei per node that a policy with a fee must at least pay.
    /// @param minPaid Seconds from start that are paid however early a policy is revoked.
    /// @param maxDuration Seconds from start to `maxEnd` at most; 1 to 10 years.
    /// @param challengeWindow Seconds after the end in which evidence counts.
    /// @param revealWindow Seconds after that in which a leak committed in time can still be revealed: 256 blocks of the chain.
    /// @param leakBurnBps Part of the bounty that a proven leak burns, in basis points, 1 to 10,000 (the design's beta).
    struct Parameters {
        uint128 collateralPerKey;
        uint128 minFee;
        uint32 minPaid;
        uint32 maxDuration;
        uint32 challengeWindow;
        uint32 revealWindow;
        uint16 leakBurnBps;
    }

    /// @notice A policy exists. Everything needed to show it again is here.
    event PolicyCreated(
        bytes32 policyId,
        address indexed owner,
        address indexed recipientSigner,
        bytes32 indexed pathKeyId,
        Terms terms,
        address[] nodes,
        Commitment[] commitments,
        bytes condition,
        bytes note
    );
    /// @notice It now runs until `end`; the payer added `fee`.
    event PolicyRenewed(bytes32 indexed policyId, uint40 end, uint256 fee);
    /// @notice Nothing is served any more; fees end at `end`; the payer got `refund`.
    event PolicyRevoked(bytes32 indexed policyId, uint40 end, uint256 refund);
    /// @notice One node left: its staker got `earned`, the payer `refund`.
    event NodeRemoved(bytes32 indexed policyId, address indexed node, uint256 earned, uint256 refund);
    /// @notice The lane of `node` moved to `until`: its staker got `earned`, the payer `refund` for suspended seconds.
    event FeesClaimed(bytes32 indexed policyId, address indexed node, uint40 until, uint256 earned, uint256 refund);
    /// @notice Nothing more can come of this share: its collateral is free.
    event ShareReleased(bytes32 indexed policyId, address indexed node);
    /// @notice The bounties of the shares in `shares` (a bitmap) went back to the owner.
    event BountyReturned(bytes32 indexed policyId, uint32 shares, uint256 amount);
    /// @notice A leak was proven: `reward` to the challenger, `burned` of the bounty, `refund` to the payer, `seized` of the
    /// node's unclaimed fee to the reserve.
    event ShareLeaked(
        bytes32 indexed policyId,
        address indexed node,
        address indexed challenger,
        uint256 reward,
        uint256 burned,
        uint256 refund,
        uint256 seized
    );
    /// @notice The owner agreed that the key of this share be revealed; leaks of it no longer count.
    event ShareDisclosed(bytes32 indexed policyId, address indexed node);

    error NodeCountOutOfRange(uint256 count, uint256 maximum);
    error NodesNotAscending(address previous, address next);
    error CommitmentCountMismatch(uint256 commitments, uint256 nodes);
    /// @notice The commitment of this share names no public point, so that no leak could ever be proven.
    error CommitmentWithoutPoint(uint256 shareIndex);
    error AcceptanceCountMismatch(uint256 acceptances, uint256 nodes);
    error InvalidThreshold(uint256 threshold, uint256 nodes);
    error InvalidRecipient(address recipientSigner);
    error EndNotAfterStart(uint40 end, uint40 start);
    error EndInPast(uint40 end, uint256 timestamp);
    error EndAboveMaximum(uint40 end, uint40 maxEnd);
    error DurationTooLong(uint256 duration, uint256 maximum);
    error FeeTooLow(uint256 feePerNode, uint256 minFee);
    error BountyOutOfRange(uint256 bounty, uint256 minimum, uint256 collateral);
    error NoteTooLong(uint256 length, uint256 maximum);
    error ConditionMismatch(bytes32 shown, bytes32 agreed);
    error NoteMismatch(bytes32 shown, bytes32 agreed);
    error AcceptanceExpired(uint40 acceptBy, uint256 timestamp);
    /// @notice The acceptance of this share was signed by `recovered` (zero: no valid signature), not by the node's `worker`.
    error WrongAcceptance(uint256 shareIndex, address worker, address recovered);
    /// @notice `party` is not the caller, and no valid signature of it was given.
    error NotConsented(address party, address caller);
    error ConsentExpired(uint256 deadline, uint256 timestamp);
    error ConsentExceeded(uint256 required, uint256 maximum);
    error PolicyExists(bytes32 policyId);
    /// @notice No policy has this id: never created, or not shown as it was created.
    error UnknownPolicy(bytes32 policyId);
    error PolicyClosed(bytes32 policyId);
    error PolicyEnded(uint40 end, uint256 timestamp);
    error EndNotLater(uint40 newEnd, uint40 end);
    error NotOwner(address caller, address owner);
    error ShareIndexOutOfRange(uint256 shareIndex, uint256 nodes);
    error NodeAlreadyRemoved(bytes32 policyId, address node);
    /// @notice Before its final claim only the node's staker or worker and the payer move a lane.
    error NotClaimant(address caller, address node);
    error OtherNode(address expected, address node);
    error LengthMismatch(uint256 policies, uint256 shareIndices);
    error TooEarly(uint256 opensAt, uint256 timestamp);
    error AlreadyReleased(bytes32 policyId, address node);
    error NothingToReturn(bytes32 policyId);
    error NotChallenge(address caller, address challenge);
    error EvidenceTooLate(uint256 committedAt, uint256 closesAt);
    error AlreadyLeaked(bytes32 policyId, address node);
    error AlreadyDisclosed(bytes32 policyId, address node);
    /// @notice Constructor: the parameter called `name` lies outside [minimum, maximum].
    error ParameterOutOfRange(string name, uint256 value, uint256 minimum, uint256 maximum);

    /// @notice Creates a policy whose owner and payer are both the caller, who approved fee + bounties.
    /// @return policyId The hash of everything agreed.
    function create(Creation calldata creation) external returns (bytes32 policyId);

    /// @notice Creates a policy for an owner and a payer of whom one or neither is the caller.
    /// @param payment The payer's consent (`Payment`, end = terms.end); each party has approved its own part.
    /// @param grant The owner's consent (`Grant`, end = terms.end).
    function createFor(
        Creation calldata creation,
        Consent calldata payment,
        Consent calldata grant
    ) external returns (bytes32 policyId);

    /// @notice Creates several policies as by `create`, all or none.
    function createMany(Creation[] calldata creations) external returns (bytes32[] memory policyIds);

    /// @notice Prolongs a policy to `newEnd`; owner and payer are both the caller.
    function renew(Policy calldata policy, uint40 newEnd) external;

    /// @notice Prolongs a policy for an owner and a payer of whom one or neither is the caller (consents with end = newEnd).
    function renewFor(Policy calldata policy, uint40 newEnd, Consent calldata payment, Consent calldata grant) external;

    /// @notice Ends a policy at once. Owner only.
    function revoke(Policy calldata policy) external;

    /// @notice Ends a policy at once with the owner's signature of `Revocation`. By anybody.
    function revokeBySignature(Policy calldata policy, bytes calldata signature) external;

    /// @notice Takes one node out, settling it; it cannot come back. Owner only.
    function revokeNode(Policy calldata policy, uint256 shareIndex) external;

    /// @notice Pays a node what it served until now. By its staker, its worker or the payer; the staker is paid.
    /// @return earned NKMS wei paid to the staker.
    function claim(Policy calldata policy, uint256 shareIndex) external returns (uint256 earned);

    /// @notice Claims for `node` in many policies with one payment; `shareIndices[k]` is its place in `policies[k]`. By its staker
    /// or its worker.
    function claimMany(
        address node,
        Policy[] calldata policies,
        uint256[] calldata shareIndices
    ) external returns (uint256 earned);

    /// @notice Settles a share for good and frees its collateral, once end + challengeWindow + revealWindow is reached. By anybody.
    /// @return earned NKMS wei paid to the staker.
    function finalClaim(Policy calldata policy, uint256 shareIndex) external returns (uint256 earned);

    /// @notice Sends the bounties that no leak drew on back to the owner, from the same moment on. By anybody.
    function returnBounty(Policy calldata policy) external returns (uint256 amount);

    /// @notice Takes a node out that answered wrongly, as by revokeNode. Re-encryption challenge only.
    function expel(Policy calldata policy, uint256 shareIndex) external;

    /// @notice Ends a policy because a decoy key of this share was revealed with the owner's agreement. Re-encryption challenge only.
    function disclose(Policy calldata policy, uint256 shareIndex) external;

    /// @notice Takes a node out whose share leaked: the payer gets what a revocation would give, the node's unclaimed fee goes to the
    /// reserve, its collateral is freed for the slash that follows, (1 - beta) of the bounty goes to `challenger` and the rest,
    /// rounded up, is burned. Leak challenge only.
    /// @param committedAt Second of the challenger's commitment; must be before end + challengeWindow.
    /// @return reward NKMS wei paid to `challenger`.
    function leak(
        Policy calldata policy,
        uint256 shareIndex,
        address challenger,
        uint40 committedAt
    ) external returns (uint256 reward);

    function policyState(bytes32 policyId) external view returns (State memory);

    /// @notice Until where a share is settled, in seconds from the policy's start, and whether it had its final claim.
    function laneOf(bytes32 policyId, uint256 shareIndex) external view returns (uint32 claimedSeconds, bool released);

    /// @notice What a claim at this second would pay to the staker and to the payer.
    function feesDue(Policy calldata policy, uint256 shareIndex) external view returns (uint256 earned, uint256 refund);

    function parameters() external view returns (Parameters memory);

    function policyIdOf(Policy calldata policy) external pure returns (bytes32);
}
