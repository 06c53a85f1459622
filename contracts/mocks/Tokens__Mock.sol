// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

/// @dev A token anybody mints; `refuse` makes transfers answer false, as old tokens do instead of reverting.
contract ERC20__Mock is ERC20 {
    bool public refuse;

    constructor() ERC20("Coin", "COIN") {}

    function mint(address account, uint256 amount) external {
        _mint(account, amount);
    }

    function setRefuse(bool next) external {
        refuse = next;
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        return refuse ? false : super.transferFrom(from, to, amount);
    }
}

/// @dev A collection anybody mints from.
contract ERC721__Mock is ERC721 {
    constructor() ERC721("Ticket", "TICKET") {}

    function mint(address account, uint256 id) external {
        _mint(account, id);
    }
}
