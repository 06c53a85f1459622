// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Consents of stakers to positions that others fund
/// @notice Nobody gets a position, with its lock, without having signed for it. The staking escrow deploys this contract and asks
/// it in `createFor`.
/// @dev Consent: EIP-712 `CreateFor(address staker,address funder,uint256 amount,uint256 lockPeriods,uint256 nonce,uint256
/// deadline)` by the staker (EIP-1271 for contracts) in the domain {"NKMS StakerConsents", "1", chain, this contract}.
/// Invariant: I-X6 `chain_bound`, a consent is bound to chain, contract, nonce and deadline.
interface IStakerConsents {
    /// @notice Accepts a consent, once. Only for the escrow.
    /// @dev Reverts with the escrow's `NotAllowed`, `ConsentExpired` and `InvalidConsent`.
    /// @param deadline First second at which the consent is void.
    function accept(
        address staker,
        address funder,
        uint256 amount,
        uint256 lockPeriods,
        uint256 deadline,
        bytes calldata consent
    ) external;

    /// @notice The nonce that the next consent of `staker` must carry.
    function nonceOf(address staker) external view returns (uint256);
}
