// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

/// @title The NKMS token: what stakers deposit, earn and are paid in
/// @notice ERC-20 with 18 decimals and ERC-2612 permits. The initial supply is minted once, at deployment; from then on only
/// the staking escrow mints, when a staker claims what the supply law has allocated to it.
/// @dev Invariants: I-T1 `supply_sum`, I-T2 `supply_cap`, I-T3 `mint_authority`, I-T4 `allowance_exact`. No hooks, no owner,
/// no pause: a receiver cannot block a transfer.
interface INKMSToken is IERC20, IERC20Permit {
    /// @notice Somebody other than the escrow tried to mint.
    error MintNotAllowed(address caller, address escrow);

    /// @notice The total supply would pass its maximum.
    error SupplyCapExceeded(uint256 attempted, uint256 maxSupply);

    /// @notice Creates `amount` wei of tokens for `account`. Only for the escrow.
    /// @dev Reverts with `MintNotAllowed` or `SupplyCapExceeded`.
    function mint(address account, uint256 amount) external;

    /// @notice Destroys `amount` wei of the caller's tokens. They do not return to the reserve by this.
    function burn(uint256 amount) external;

    /// @notice Destroys `amount` wei of the tokens of `account`, within the caller's allowance.
    function burnFrom(address account, uint256 amount) external;

    /// @notice The only address that may mint, fixed at deployment.
    function escrow() external view returns (address);

    /// @notice The paper's S_max, in wei: `totalSupply` never exceeds it.
    function maxSupply() external view returns (uint256);
}
