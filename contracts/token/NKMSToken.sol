// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

import {INKMSToken} from "../interfaces/INKMSToken.sol";

/// @title The NKMS token; documented in INKMSToken
contract NKMSToken is INKMSToken, ERC20Burnable, ERC20Permit {
    /// @inheritdoc INKMSToken
    address public immutable escrow;

    /// @inheritdoc INKMSToken
    uint256 public immutable maxSupply;

    /// @param escrow_ Predicted address of the staking escrow.
    constructor(
        address escrow_,
        address initialHolder,
        uint256 initialSupply,
        uint256 maxSupply_
    ) ERC20("NKMS", "NKMS") ERC20Permit("NKMS") {
        escrow = escrow_;
        maxSupply = maxSupply_;
        _mintCapped(initialHolder, initialSupply);
    }

    /// @inheritdoc INKMSToken
    function mint(address account, uint256 amount) external {
        if (msg.sender != escrow) revert MintNotAllowed(msg.sender, escrow);
        _mintCapped(account, amount);
    }

    /// @inheritdoc INKMSToken
    function burn(uint256 amount) public override(INKMSToken, ERC20Burnable) {
        super.burn(amount);
    }

    /// @inheritdoc INKMSToken
    function burnFrom(address account, uint256 amount) public override(INKMSToken, ERC20Burnable) {
        super.burnFrom(account, amount);
    }

    /// @inheritdoc IERC20Permit
    function nonces(address owner) public view override(IERC20Permit, ERC20Permit) returns (uint256) {
        return super.nonces(owner);
    }

    function _mintCapped(address account, uint256 amount) private {
        uint256 supply = totalSupply() + amount;
        if (supply > maxSupply) revert SupplyCapExceeded(supply, maxSupply);
        _mint(account, amount);
    }
}
