// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IPaidReads} from "../interfaces/IPaidReads.sol";
import {Periods} from "../libraries/Periods.sol";

/// @title Paid reads
/// @dev What it promises is written in IPaidReads.
contract PaidReads is IPaidReads, EIP712 {
    bytes32 private constant _VOUCHER_TYPEHASH = keccak256(
        "Voucher(address payer,address node,uint256 epoch,uint256 amount)"
    );
    uint32 private constant _MIN_CLOSE_DELAY = 1 days;
    uint32 private constant _MAX_CLOSE_DELAY = 30 days;

    IERC20 private immutable _token;
    /// @inheritdoc IPaidReads
    uint32 public immutable closeDelay;

    mapping(address payer => mapping(address node => Channel)) private _channels;

    constructor(IERC20 token, uint32 delay) EIP712("NKMS PaidReads", "1") {
        if (delay < _MIN_CLOSE_DELAY || delay > _MAX_CLOSE_DELAY) {
            revert CloseDelayOutOfRange(delay, _MIN_CLOSE_DELAY, _MAX_CLOSE_DELAY);
        }
        _token = token;
        closeDelay = delay;
    }

    /// @inheritdoc IPaidReads
    function open(address node, address signer, uint128 deposit) external {
        if (node == address(0)) revert InvalidNode(node);
        if (signer == address(0)) revert InvalidVoucherSigner(signer);
        if (deposit == 0) revert DepositTooSmall(deposit, 1);
        Channel storage channel = _channels[msg.sender][node];
        if (channel.signer != address(0)) revert ChannelExists(msg.sender, node);
        channel.deposit = deposit;
        channel.signer = signer;
        emit ChannelOpened(msg.sender, node, signer, channel.epoch, deposit);
        SafeERC20.safeTransferFrom(_token, msg.sender, address(this), deposit);
    }

    /// @inheritdoc IPaidReads
    function topUp(address payer, address node, uint128 amount) external {
        Channel storage channel = _existing(payer, node);
        if (amount == 0) revert DepositTooSmall(amount, 1);
        _requireNotClosing(channel);
        channel.deposit += amount;
        emit ChannelToppedUp(payer, node, amount, channel.deposit);
        SafeERC20.safeTransferFrom(_token, msg.sender, address(this), amount);
    }

    /// @inheritdoc IPaidReads
    function redeem(Voucher calldata voucher) external returns (uint256 paid) {
        return _redeem(voucher);
    }

    /// @inheritdoc IPaidReads
    function redeemMany(Voucher[] calldata vouchers) external returns (uint256 paid) {
        for (uint256 i = 0; i < vouchers.length; ++i) {
            if (!_isSpent(vouchers[i])) paid += _redeem(vouchers[i]);
        }
    }

    /// @inheritdoc IPaidReads
    function startClose(address node) external returns (uint40 closesAt) {
        Channel storage channel = _existing(msg.sender, node);
        _requireNotClosing(channel);
        closesAt = uint40(block.timestamp) + closeDelay;
        channel.closesAt = closesAt;
        emit ChannelClosing(msg.sender, node, closesAt);
    }

    /// @inheritdoc IPaidReads
    function finishClose(address payer, address node) external returns (uint256 refund) {
        Channel storage channel = _existing(payer, node);
        uint40 closesAt = channel.closesAt;
        if (closesAt == 0) revert NotClosing(payer, node);
        if (!Periods.isOver(closesAt, block.timestamp)) revert CloseNotDue(closesAt, block.timestamp);
        uint32 epoch = channel.epoch;
        refund = channel.deposit - channel.redeemed;
        _channels[payer][node] = Channel(0, 0, address(0), 0, epoch + 1);
        emit ChannelClosed(payer, node, epoch, refund);
        SafeERC20.safeTransfer(_token, payer, refund);
    }

    /// @inheritdoc IPaidReads
    function channelOf(address payer, address node) external view returns (Channel memory) {
        return _channels[payer][node];
    }

    function _redeem(Voucher calldata voucher) private returns (uint256 paid) {
        Channel storage channel = _existing(voucher.payer, voucher.node);
        if (voucher.epoch != channel.epoch) revert WrongEpoch(voucher.epoch, channel.epoch);
        (uint128 deposit, uint128 redeemed) = (channel.deposit, channel.redeemed);
        if (voucher.amount <= redeemed) revert VoucherNotNewer(voucher.amount, redeemed);
        if (voucher.amount > deposit) revert VoucherOverDeposit(voucher.amount, deposit);
        _requireSigned(voucher, channel.signer);
        paid = voucher.amount - redeemed;
        channel.redeemed = voucher.amount;
        emit VoucherRedeemed(voucher.payer, voucher.node, paid, voucher.amount);
        SafeERC20.safeTransfer(_token, voucher.node, paid);
    }

    function _isSpent(Voucher calldata voucher) private view returns (bool) {
        Channel storage channel = _channels[voucher.payer][voucher.node];
        (uint32 epoch, uint32 current) = (voucher.epoch, channel.epoch);
        return epoch < current || (epoch == current && voucher.amount <= channel.redeemed);
    }

    function _requireSigned(Voucher calldata voucher, address signer) private view {
        bytes32 message = keccak256(
            abi.encode(_VOUCHER_TYPEHASH, voucher.payer, voucher.node, voucher.epoch, voucher.amount)
        );
        (address recovered, , ) = ECDSA.tryRecoverCalldata(_hashTypedDataV4(message), voucher.signature);
        if (recovered != signer) revert WrongVoucherSigner(recovered, signer);
    }

    function _existing(address payer, address node) private view returns (Channel storage channel) {
        channel = _channels[payer][node];
        if (channel.signer == address(0)) revert UnknownChannel(payer, node);
    }

    function _requireNotClosing(Channel storage channel) private view {
        if (channel.closesAt != 0) revert AlreadyClosing(channel.closesAt, block.timestamp);
    }
}
