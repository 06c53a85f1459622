// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStakingEscrow} from "../interfaces/IStakingEscrow.sol";

/// @title Many draws of the escrow's own sample in one call
contract Draws__Harness {
    /// @notice Repeats `sample(n, ...)` with fresh random numbers, the hashes of `seed` and a counter, and counts.
    /// @param each Random numbers for one sample.
    /// @param nodes Ascending addresses of all nodes, at most 128.
    /// @return hits How often each node was drawn.
    /// @return sets How often each set of nodes was drawn, for at most 8 nodes; bit i of the index stands for node i.
    function count(
        IStakingEscrow escrow,
        uint256 samples,
        uint256 n,
        uint256 each,
        uint256 seed,
        address[] calldata nodes
    ) external view returns (uint256[] memory hits, uint256[] memory sets) {
        hits = new uint256[](nodes.length);
        sets = new uint256[](256);
        for (uint256 i = 0; i < samples; ++i) {
            address[] memory drawn = escrow.sample(n, _randoms(each, uint256(keccak256(abi.encode(seed, i)))), 0);
            uint256 set = 0;
            for (uint256 j = 0; j < n; ++j) {
                uint256 place = _placeOf(nodes, drawn[j]);
                ++hits[place];
                set |= 1 << place;
            }
            if (nodes.length <= 8) ++sets[set];
        }
    }

    /// @notice Who is drawn at each of the points `first` to `last` - 1 of the line.
    function walk(IStakingEscrow escrow, uint256 first, uint256 last) external view returns (address[] memory nodes) {
        nodes = new address[](last - first);
        uint256[] memory point = new uint256[](1);
        for (uint256 x = first; x < last; ++x) {
            point[0] = x;
            nodes[x - first] = escrow.sample(1, point, 0)[0];
        }
    }

    function _randoms(uint256 length, uint256 seed) private pure returns (uint256[] memory randoms) {
        randoms = new uint256[](length);
        for (uint256 i = 0; i < length; ++i) randoms[i] = uint256(keccak256(abi.encode(seed, i)));
    }

    function _placeOf(address[] calldata nodes, address node) private pure returns (uint256) {
        uint256 low = 0;
        uint256 high = nodes.length - 1;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (nodes[middle] < node) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
