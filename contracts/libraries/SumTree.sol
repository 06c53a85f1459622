// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A sum tree of 2^18 leaves: the paper's stake line (VI, fig 7, eq 25 to 29)
/// @dev Nodes lie side by side on a line of length D; a point x selects the node with x_i <= x < x_i + d_i. Here the line is a
/// complete 8-ary tree with 2^18 leaves: a word holds the eight uint32 sums of its children, so a change or a draw touches six
/// words. Words are numbered as in a heap: the root is 0, child j of word w is 8 w + 1 + j.
///
/// Lengths are whole units of ceil(maxSupply / (2^32 - 1)) wei, so no sum overflows its lane as long as all leaves together
/// stay within the supply; under that condition additions never carry into a neighbour, and arithmetic modulo 2^256 on whole
/// words is exact, for negative differences and for sums of lanes too.
library SumTree {
    struct Tree {
        uint256[37_449] words;
    }

    uint256 internal constant _LEAVES = 1 << 18;
    /// @dev (8^6 - 1) / 7 words; also the number that a leaf 0 would have as a word.
    uint256 private constant _WORDS = 37_449;
    uint256 private constant _LANE = type(uint32).max;
    /// @dev Times a word, lane j of the product is the sum of the word's lanes 0 to j.
    uint256 private constant _SUMS = type(uint256).max / type(uint32).max;

    /// @notice Adds `difference` units, which may be negative, to a leaf and to all sums above it.
    function add(Tree storage tree, uint256 leaf, int256 difference) internal {
        unchecked {
            uint256 word = leaf + _WORDS;
            while (word != 0) {
                --word;
                uint256 lane = (word & 7) << 5;
                word >>= 3;
                tree.words[word] += uint256(difference) << lane;
            }
        }
    }

    /// @notice Units of a leaf.
    function leafUnits(Tree storage tree, uint256 leaf) internal view returns (uint32) {
        uint256 child = leaf + _WORDS - 1;
        return uint32(tree.words[child >> 3] >> ((child & 7) << 5));
    }

    /// @notice Length of the line in units.
    function total(Tree storage tree) internal view returns (uint256 units) {
        for (uint256 word = tree.words[0]; word != 0; word >>= 32) units += word & _LANE;
    }

    /// @notice The leaf at point `x` of the line and how far inside it the point lies, for x < total.
    /// @dev Lane j of `starts` is where child j begins; the child looked for is the last that begins at x or before.
    function find(Tree storage tree, uint256 x) internal view returns (uint256 leaf, uint256 offset) {
        unchecked {
            uint256 word;
            while (word < _WORDS) {
                uint256 starts = (tree.words[word] * _SUMS) << 32;
                word = (word << 3) + 1;
                uint256 shift = x < (starts >> 128) & _LANE ? 0 : 128;
                if (x >= (starts >> (shift + 64)) & _LANE) shift += 64;
                if (x >= (starts >> (shift + 32)) & _LANE) shift += 32;
                x -= (starts >> shift) & _LANE;
                word += shift >> 5;
            }
            return (word - _WORDS, x);
        }
    }

    /// @notice Wei per unit: ceil(maxSupply / (2^32 - 1)).
    function unitOf(uint256 maxSupply) internal pure returns (uint256) {
        return (maxSupply + _LANE - 1) / _LANE;
    }
}
