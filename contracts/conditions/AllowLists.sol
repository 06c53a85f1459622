// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAllowLists} from "../interfaces/IAllowLists.sol";
import {ICondition} from "../interfaces/ICondition.sol";
import {Reader} from "../libraries/Reader.sol";

/// @title Allow lists
/// @dev What it promises is written in IAllowLists.
contract AllowLists is IAllowLists {
    /// @inheritdoc IAllowLists
    mapping(address keeper => mapping(bytes32 list => mapping(address member => bool))) public isListed;

    /// @inheritdoc IAllowLists
    function setListed(bytes32 list, address[] calldata members, bool listed) external {
        for (uint256 i = 0; i < members.length; ++i) {
            isListed[msg.sender][list][members[i]] = listed;
            emit Listed(msg.sender, list, members[i], listed);
        }
    }

    /// @inheritdoc ICondition
    function isAllowed(bytes32, address requester, bytes calldata context) external view returns (bool) {
        (address keeper, bytes32 list, address member) = abi.decode(context, (address, bytes32, address));
        return isListed[keeper][list][Reader.accountOf(member, requester)];
    }
}
