// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Which addresses a node may publish
/// @notice https, so that fractions and requests are not read or altered on the way; http for loopback only, where there is no way.
/// @dev RFC 3986, section 3. User info (`@`) is refused because it makes one host look like another, query and fragment because
/// paths are appended, the backslash because browsers read it as a slash.
library ServiceUrl {
    bytes8 private constant HTTPS = "https://";
    bytes7 private constant HTTP = "http://";

    function isAllowed(bytes memory url) internal pure returns (bool) {
        if (!_isClean(url)) return false;
        if (bytes8(url) == HTTPS) return _beginsWithHost(url);
        if (bytes7(url) != HTTP) return false;
        return _hasHost(url, "127.0.0.1") || _hasHost(url, "localhost") || _hasHost(url, "[::1]");
    }

    /// @dev Printable ASCII without the characters named above.
    function _isClean(bytes memory url) private pure returns (bool) {
        for (uint256 i = 0; i < url.length; ++i) {
            bytes1 c = url[i];
            if (c < 0x21 || c > 0x7e || c == "@" || c == "\\" || c == "?" || c == "#") return false;
        }
        return true;
    }

    /// @dev Whether something stands behind https:// before a port, a path or the end.
    function _beginsWithHost(bytes memory url) private pure returns (bool) {
        if (url.length == HTTPS.length) return false;
        bytes1 first = url[HTTPS.length];
        return first != "/" && first != ":";
    }

    /// @dev Whether exactly `host` stands behind http://, before a port, a path or the end.
    function _hasHost(bytes memory url, bytes memory host) private pure returns (bool) {
        uint256 end = HTTP.length + host.length;
        if (url.length < end) return false;
        for (uint256 i = 0; i < host.length; ++i) {
            if (url[HTTP.length + i] != host[i]) return false;
        }
        return url.length == end || url[end] == ":" || url[end] == "/";
    }
}
