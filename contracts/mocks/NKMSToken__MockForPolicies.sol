// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";

/// @dev What a policy manager uses of the token: transfers and burning.
contract NKMSToken__MockForPolicies is ERC20Burnable {
    constructor(address holder, uint256 supply) ERC20("NKMS", "NKMS") {
        _mint(holder, supply);
    }
}
