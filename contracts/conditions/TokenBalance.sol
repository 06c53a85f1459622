// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ICondition} from "../interfaces/ICondition.sol";
import {Reader} from "../libraries/Reader.sol";

/// @title Yes while the reader holds enough of a token, ERC-20 or ERC-721
/// @dev Context: abi.encode(address token, address holder, uint256 minimum). `minimum` is in the token's base units, or in pieces of an
/// ERC-721 collection, whose balanceOf has the same signature. Whoever borrows the token for one block passes.
contract TokenBalance is ICondition {
    /// @inheritdoc ICondition
    function isAllowed(bytes32, address requester, bytes calldata context) external view returns (bool) {
        (address token, address holder, uint256 minimum) = abi.decode(context, (address, address, uint256));
        return IERC20(token).balanceOf(Reader.accountOf(holder, requester)) >= minimum;
    }
}
