// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Paid reads: users of the data pay nodes by vouchers (VII.C)
/// @notice Under a policy without a fee, each read costs what the node asks. A user opens a channel to a node with a deposit and pays
/// by signing vouchers off chain, each for the sum of all so far; the node redeems the latest whenever it likes, in one transaction.
/// @dev One channel per (payer, node). The life of a channel:
/// - open: deposit, and the address whose vouchers count. topUp: more deposit, by anybody.
/// - redeem: moves `amount - redeemed` to the node (its staker), by anybody who has the voucher. An older voucher pays nothing.
/// - redeemMany: the same for many channels. A *spent* voucher, redeemed up to its amount or of an epoch that is over, is passed over:
///   anybody may redeem it, or finish its channel's close, just before, and could so hold up all others. Other faults revert the whole.
/// - startClose: the payer wants the rest back; vouchers still count for `closeDelay` seconds, and until finishClose is called.
/// - finishClose: pays the rest to the payer, by anybody; the channel is gone, and the next one of the pair has the next epoch.
///
/// EIP-712 domain {name "NKMS PaidReads", version "1"}:
/// `Voucher(address payer,address node,uint256 epoch,uint256 amount)`, by the channel's signer: `amount` in NKMS wei for all reads of
/// this epoch. It fits one chain, contract, channel and epoch, and a later one replaces it, so nothing can be taken twice.
///
/// Warnings
/// - A voucher is paid before the read: a node that takes one and answers nothing has cheated its user out of the price of one read.
/// - A node must redeem before a close is finished, and must not serve on a channel that is closing for longer than it needs to redeem.
///
/// Safe as long as the token is NKMS (no hooks, no fee on transfer).
/// Invariant I-P9 `channel_solvency`: balance = sum over channels of deposit - redeemed (donations aside); redeemed <= deposit.
interface IPaidReads {
    /// @param deposit NKMS wei put in during this epoch.
    /// @param redeemed NKMS wei paid to the node during this epoch.
    /// @param signer Signs the vouchers; zero = no channel.
    /// @param closesAt Unix second from which the payer gets the rest; 0 = open.
    /// @param epoch Counts the channels of this pair, from 0.
    struct Channel {
        uint128 deposit;
        uint128 redeemed;
        address signer;
        uint40 closesAt;
        uint32 epoch;
    }

    /// @notice A voucher: what was signed, and the signature.
    struct Voucher {
        address payer;
        address node;
        uint32 epoch;
        uint128 amount;
        bytes signature;
    }

    event ChannelOpened(
        address indexed payer,
        address indexed node,
        address indexed signer,
        uint256 epoch,
        uint256 deposit
    );
    event ChannelToppedUp(address indexed payer, address indexed node, uint256 amount, uint256 deposit);
    /// @notice `paid` went to the node, `redeemed` in all.
    event VoucherRedeemed(address indexed payer, address indexed node, uint256 paid, uint256 redeemed);
    event ChannelClosing(address indexed payer, address indexed node, uint256 closesAt);
    event ChannelClosed(address indexed payer, address indexed node, uint256 epoch, uint256 refund);

    error DepositTooSmall(uint256 deposit, uint256 minimum);
    error InvalidNode(address node);
    /// @notice The zero address is what broken signatures recover to.
    error InvalidVoucherSigner(address signer);
    error ChannelExists(address payer, address node);
    error UnknownChannel(address payer, address node);
    error AlreadyClosing(uint256 closesAt, uint256 timestamp);
    error NotClosing(address payer, address node);
    error CloseNotDue(uint256 closesAt, uint256 timestamp);
    /// @notice An older voucher than the last redeemed, or the same again.
    error VoucherNotNewer(uint256 amount, uint256 redeemed);
    /// @notice The voucher is for another epoch than the channel's.
    error WrongEpoch(uint256 epoch, uint256 current);
    error VoucherOverDeposit(uint256 amount, uint256 deposit);
    error WrongVoucherSigner(address recovered, address signer);
    /// @notice Constructor: a close takes at least a day, so that a node can be away for some hours.
    error CloseDelayOutOfRange(uint256 closeDelay, uint256 minimum, uint256 maximum);

    /// @notice Opens the caller's channel to `node` with `deposit`, which it approved.
    /// @param node Staker address of the node.
    /// @param signer Signs vouchers: a key that can spend this deposit and nothing else.
    function open(address node, address signer, uint128 deposit) external;

    /// @notice Adds `amount`, which the caller approved, to a channel that is not closing.
    function topUp(address payer, address node, uint128 amount) external;

    /// @notice Pays the node what a voucher is for beyond what was redeemed before.
    /// @return paid NKMS wei.
    function redeem(Voucher calldata voucher) external returns (uint256 paid);

    /// @notice Redeems several, but for spent ones, which pay nothing and are not checked further. VoucherRedeemed tells what each paid.
    /// @return paid NKMS wei of all together; zero if every voucher is spent.
    function redeemMany(Voucher[] calldata vouchers) external returns (uint256 paid);

    /// @notice Announces that the caller closes its channel to `node`.
    /// @return closesAt From when on it can be finished.
    function startClose(address node) external returns (uint40 closesAt);

    /// @notice Ends a channel whose delay is over; the rest goes to its payer.
    /// @return refund NKMS wei.
    function finishClose(address payer, address node) external returns (uint256 refund);

    function channelOf(address payer, address node) external view returns (Channel memory);

    /// @notice Seconds from startClose to finishClose.
    function closeDelay() external view returns (uint32);
}
