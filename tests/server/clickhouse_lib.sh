# ClickHouse servers of the tests' own: source this after tests/server/lib.sh.
#
#   clickhouse_ports NAME        free ports for a server: $NAME_http and $NAME_tcp
#   clickhouse_start NAME SHARD1 SHARD2   starts it; its cluster `both` has two shards, by
#                                their TCP ports on loopback; `cut` has the same, and asks
#                                the second one as `hasty`
#   clickhouse_sql NAME [USER]   runs SQL from standard input, all of it one statement
#
# Users: `assay` with a password; `cautious`, whose profile has readonly = 1; `hasty`, who
# has limits that cut what is read; `hurried`, with limits that fail; `outsider`, who may not
# see the database `default`. Servers ask one another as `default`, who has no password.
clickhouse_password=CANARY_7f3a91c2_secret

clickhouse_ports()
{
    eval "$1_http=$(server_port) $1_tcp=$(server_port) $1_inter=$(server_port)"
}

clickhouse_user()
{
    echo "<$1><password>$2</password><networks><ip>127.0.0.1</ip></networks>" \
        "<profile>$3</profile><quota>default</quota>${4-}</$1>"
}

clickhouse_users()
{
    cat <<XML
<yandex>
<profiles>
  <default><max_memory_usage>2000000000</max_memory_usage><max_threads>2</max_threads></default>
  <cautious><readonly>1</readonly></cautious>
  <cutting><readonly>1</readonly><max_rows_to_read>10</max_rows_to_read>
    <read_overflow_mode>break</read_overflow_mode></cutting>
  <hasty><max_rows_to_read>10</max_rows_to_read><read_overflow_mode>break</read_overflow_mode>
    <max_rows_to_group_by>10</max_rows_to_group_by>
    <group_by_overflow_mode>any</group_by_overflow_mode>
    <max_result_rows>10</max_result_rows><result_overflow_mode>break</result_overflow_mode></hasty>
  <skipping><skip_unavailable_shards>1</skip_unavailable_shards>
    <distributed_group_by_no_merge>1</distributed_group_by_no_merge></skipping>
  <late><max_execution_time>1</max_execution_time></late>
</profiles>
<users>
  $(clickhouse_user default '' default)
  $(clickhouse_user assay $clickhouse_password default)
  $(clickhouse_user cautious $clickhouse_password cautious)
  $(clickhouse_user cutting $clickhouse_password cutting)
  $(clickhouse_user hasty $clickhouse_password hasty)
  $(clickhouse_user skipping $clickhouse_password skipping)
  $(clickhouse_user late $clickhouse_password late)
  $(clickhouse_user outsider $clickhouse_password default \
        '<allow_databases><database>other</database></allow_databases>')
</users>
<quotas><default><interval><duration>3600</duration><queries>0</queries><errors>0</errors>
  <result_rows>0</result_rows><read_rows>0</read_rows><execution_time>0</execution_time>
</interval></default></quotas>
</yandex>
XML
}

# clickhouse_config HTTP TCP INTERSERVER SHARD1 SHARD2 FOLDER
clickhouse_config()
{
    cat <<XML
<yandex>
<logger><level>information</level><console>1</console></logger>
<listen_host>127.0.0.1</listen_host>
<http_port>$1</http_port><tcp_port>$2</tcp_port><interserver_http_port>$3</interserver_http_port>
<interserver_http_host>127.0.0.1</interserver_http_host>
<path>$6/data/</path><tmp_path>$6/tmp/</tmp_path>
<users_config>$6/users.xml</users_config>
<default_profile>default</default_profile><default_database>default</default_database>
<mark_cache_size>16777216</mark_cache_size>
<timezone>Asia/Tokyo</timezone>
<remote_servers><both>
  <shard><replica><host>127.0.0.1</host><port>$4</port></replica></shard>
  <shard><replica><host>127.0.0.1</host><port>$5</port></replica></shard>
</both><cut>
  <shard><replica><host>127.0.0.1</host><port>$4</port></replica></shard>
  <shard><replica><host>127.0.0.1</host><port>$5</port>
    <user>hasty</user><password>$clickhouse_password</password></replica></shard>
</cut></remote_servers>
</yandex>
XML
}

clickhouse_start()
{
    local name=$1 folder http tcp inter
    server_need clickhouse-server curl
    eval "http=\$$1_http tcp=\$$1_tcp inter=\$$1_inter"
    folder=$(server_folder "$name") || return 1
    server_folder "$name/data" >/dev/null && server_folder "$name/tmp" >/dev/null || return 1
    clickhouse_users >"$folder/users.xml"
    clickhouse_config "$http" "$tcp" "$inter" "$2" "$3" "$folder" >"$folder/config.xml"
    [ "$(id -u)" -ne 0 ] || chown 65534:65534 "$folder/users.xml" "$folder/config.xml"
    server_start "$name" TERM clickhouse-server --config-file="$folder/config.xml"
    server_wait "$name" 60 curl -sf "http://127.0.0.1:$http/ping"
}

clickhouse_sql()
{
    local http
    eval "http=\$$1_http"
    curl -sS --fail-with-body -H "X-ClickHouse-User: ${2:-assay}" \
        -H "X-ClickHouse-Key: $clickhouse_password" "http://127.0.0.1:$http/" --data-binary @-
}
