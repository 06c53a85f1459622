// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Who runs a node, where it answers and under which keys
/// @notice A *staker* (cold key; its address is the node's id) publishes what others need to reach its node: URL, encryption key,
/// check key, terms, and the *worker* (hot key) that signs for it. The registry holds no money. It also keeps the seconds in
/// which a node was suspended, as the escrow reports them.
/// @dev Warnings
/// - Registering does not make a node active: its deposit does (`IStakingEscrow.isActive`).
/// - A worker counts from the period after it was bonded, and never before: evidence about a time is checked against the worker
///   of that time (`workerAt`), so bonding another worker later neither hides nor creates guilt.
/// - A check key counts from the second next period, because a round of period p uses the weights of p - 1: nobody can pick a key
///   that suits a seed already known. Former keys stay readable.
/// - URL, encryption key and terms count at once; a node holds itself to the terms it published when it signs an acceptance.
///
/// Invariants: at any time a worker serves at most one staker; histories only grow; I-X4 `no_admin`: besides the staker only the
/// escrow writes anything, and only suspensions; I-X6 `chain_bound`: a worker's consent is bound to chain, contract, staker and
/// a nonce.
interface INodeRegistry {
    /// @notice What a node asks for, read by clients before they make an offer.
    /// @param feeRate NKMS wei per second and policy.
    /// @param capacity How many fractions it holds at most.
    /// @param minDuration Shortest policy it takes, in seconds.
    /// @param maxDuration Longest policy it takes, in seconds, counted to the policy's `maxEnd`.
    struct NodeTerms {
        uint128 feeRate;
        uint32 capacity;
        uint32 minDuration;
        uint32 maxDuration;
    }

    /// @notice Everything published about a node as of now.
    /// @param url Base address of its HTTP service.
    /// @param encryptionKey Compressed secp256k1 key (33 bytes) to which fractions are sealed.
    /// @param checkKey x coordinate of its key for health checks (even y): the newest one, whether or not it counts yet.
    /// @param worker The address that signs for it in this period; zero if none.
    struct Node {
        string url;
        bytes encryptionKey;
        bytes32 checkKey;
        NodeTerms terms;
        address worker;
    }

    /// @notice A node appears. Its check key counts from `checkKeyFrom`, a period.
    event NodeRegistered(
        address indexed staker,
        string url,
        bytes encryptionKey,
        bytes32 checkKey,
        uint32 checkKeyFrom,
        NodeTerms terms
    );
    event UrlChanged(address indexed staker, string url);
    event TermsChanged(address indexed staker, NodeTerms terms);
    event EncryptionKeyChanged(address indexed staker, bytes encryptionKey);
    /// @notice `checkKey` counts from `fromPeriod` on.
    event CheckKeyChanged(address indexed staker, bytes32 checkKey, uint32 fromPeriod);
    /// @notice `worker` signs for `staker` from the start of `fromPeriod` on.
    event WorkerBonded(address indexed staker, address indexed worker, uint32 fromPeriod);
    /// @notice `worker` signs for nobody from the start of `fromPeriod` on.
    event WorkerUnbonded(address indexed staker, address indexed worker, uint32 fromPeriod);
    /// @notice From `timestamp` on the node earns no policy fees.
    event SuspensionOpened(address indexed node, uint40 timestamp);
    /// @notice From `timestamp` on it earns again.
    event SuspensionClosed(address indexed node, uint40 timestamp);

    error AlreadyRegistered(address staker);
    error NotRegistered(address staker);
    /// @notice A URL has `length` bytes; at most `maximum` are stored.
    error UrlTooLong(uint256 length, uint256 maximum);
    /// @notice Neither https:// nor http:// to 127.0.0.1, localhost or [::1], or a character outside printable ASCII.
    error UrlNotAllowed(string url);
    /// @notice The shortest duration is above the longest.
    error InvalidDurations(uint32 minDuration, uint32 maxDuration);
    /// @notice The consent was signed by `recovered` (zero: no valid signature), not by `worker`.
    error WrongConsent(address worker, address recovered);
    /// @notice `worker` already serves `staker`.
    error WorkerTaken(address worker, address staker);
    error NoWorker(address staker);
    error NotEscrow(address caller, address escrow);
    error AlreadySuspended(address node);
    error NotSuspended(address node);
    /// @notice Constructor: the length of a period in seconds cannot be zero.
    error InvalidPeriodLength(uint32 periodLength);
    /// @notice Constructor: the escrow's periods last `expected` seconds.
    error PeriodLengthDiffers(uint32 periodLength, uint32 expected);

    /// @notice Publishes the caller's node. Once per staker; every part can be changed later.
    /// @param url At most 256 bytes; https, or http for loopback addresses only.
    /// @param encryptionKey Compressed secp256k1 point, 33 bytes.
    /// @param checkKey x coordinate, 0 < x < n, of a secp256k1 point with even y.
    function register(
        string calldata url,
        bytes calldata encryptionKey,
        bytes32 checkKey,
        NodeTerms calldata terms
    ) external;

    function setUrl(string calldata url) external;

    function setTerms(NodeTerms calldata terms) external;

    function setEncryptionKey(bytes calldata encryptionKey) external;

    /// @notice Publishes another check key; it counts from the second next period.
    function setCheckKey(bytes32 checkKey) external;

    /// @notice Makes `worker` sign for the caller's node from the next period on, in place of the one before.
    /// @param consent 65-byte signature by the worker of EIP-712 `Bond(address staker,address worker,uint256 nonce)` in domain
    /// {name "NKMS NodeRegistry", version "1"}, nonce = `bondNonce(staker)`: nobody can claim a worker that is not its own.
    function bondWorker(address worker, bytes calldata consent) external;

    /// @notice Leaves the caller's node without a worker from the next period on.
    function unbondWorker() external;

    /// @notice Begins a suspension of `node` at the present second. Escrow only; the node need not be registered.
    function openSuspension(address node) external;

    /// @notice Ends the suspension of `node` at the present second. Escrow only.
    function closeSuspension(address node) external;

    function periodLength() external view returns (uint32);

    function isRegistered(address staker) external view returns (bool);

    /// @notice Everything published about the node of `staker`; reverts with NotRegistered.
    function nodeOf(address staker) external view returns (Node memory);

    /// @notice The worker of this period; zero if none.
    function workerOf(address staker) external view returns (address);

    /// @notice The workers of this period for many stakers, in their order.
    function workersOf(address[] calldata stakers) external view returns (address[] memory);

    /// @notice Who signed for `staker` at `timestamp`, now or in the past; zero if nobody. Takes a search in O(log changes).
    function workerAt(address staker, uint40 timestamp) external view returns (address);

    /// @notice The staker that `worker` signs for, at the latest from the next period on; zero if none.
    function stakerOf(address worker) external view returns (address);

    /// @notice The nonce that the next consent of a worker for `staker` must carry.
    function bondNonce(address staker) external view returns (uint256);

    /// @notice The check key that counts in `period`; zero if none does.
    function checkKeyAt(address staker, uint32 period) external view returns (bytes32);

    function isSuspended(address node) external view returns (bool);

    /// @notice Suspended seconds of `node` inside [from, to), in O(log suspensions). A suspension still open is taken to last.
    /// @dev Formula: S(to) - S(from), S(t) = suspended seconds before t. Exact, no rounding; additive over adjoining intervals.
    function suspendedSeconds(address node, uint40 from, uint40 to) external view returns (uint256);

    /// @notice What paying `node` for [from, to) takes: its worker of this period and `suspendedSeconds(node, from, to)`.
    function serviceOf(address node, uint40 from, uint40 to) external view returns (address worker, uint256 suspended);
}
