-- Danbooru's tables as far as search needs them, for PostgreSQL. Statements stand apart by an empty line.

CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;

CREATE TABLE posts (
    id integer PRIMARY KEY,
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL,
    up_score integer NOT NULL DEFAULT 0,
    down_score integer NOT NULL DEFAULT 0,
    score integer NOT NULL DEFAULT 0,
    source varchar NOT NULL DEFAULT '',
    md5 varchar NOT NULL,
    rating character(1) NOT NULL DEFAULT 'q',
    is_pending boolean NOT NULL DEFAULT false,
    is_flagged boolean NOT NULL DEFAULT false,
    is_deleted boolean NOT NULL DEFAULT false,
    is_banned boolean NOT NULL DEFAULT false,
    uploader_id integer NOT NULL,
    approver_id integer,
    parent_id integer,
    has_children boolean NOT NULL DEFAULT false,
    has_active_children boolean DEFAULT false,
    fav_count integer NOT NULL DEFAULT 0,
    tag_string text NOT NULL DEFAULT '',
    tag_count integer NOT NULL DEFAULT 0,
    tag_count_general integer NOT NULL DEFAULT 0,
    tag_count_artist integer NOT NULL DEFAULT 0,
    tag_count_character integer NOT NULL DEFAULT 0,
    tag_count_copyright integer NOT NULL DEFAULT 0,
    tag_count_meta integer NOT NULL DEFAULT 0,
    file_ext varchar NOT NULL,
    file_size integer NOT NULL,
    image_width integer NOT NULL,
    image_height integer NOT NULL,
    pixiv_id integer,
    last_noted_at timestamp,
    last_commented_at timestamp,
    last_comment_bumped_at timestamp,
    bit_flags bigint NOT NULL DEFAULT 0
);

CREATE INDEX index_posts_on_string_to_array_tag_string ON posts USING gin (string_to_array(tag_string, ' '::text));

ALTER INDEX index_posts_on_string_to_array_tag_string ALTER COLUMN 1 SET STATISTICS 3000;

CREATE UNIQUE INDEX index_posts_on_md5 ON posts (md5);

CREATE INDEX index_posts_on_created_at ON posts (created_at);

CREATE INDEX index_posts_on_uploader_id ON posts (uploader_id) WHERE uploader_id IS NOT NULL;

CREATE INDEX index_posts_on_uploader_id_and_created_at ON posts (uploader_id, created_at);

CREATE INDEX index_posts_on_approver_id ON posts (approver_id) WHERE approver_id IS NOT NULL;

CREATE INDEX index_posts_on_parent_id ON posts (parent_id) WHERE parent_id IS NOT NULL;

CREATE INDEX index_posts_on_pixiv_id ON posts (pixiv_id) WHERE pixiv_id IS NOT NULL;

CREATE INDEX index_posts_on_is_deleted ON posts (is_deleted) WHERE is_deleted = true;

CREATE INDEX index_posts_on_is_flagged ON posts (is_flagged) WHERE is_flagged = true;

CREATE INDEX index_posts_on_is_pending ON posts (is_pending) WHERE is_pending = true;

CREATE INDEX index_posts_on_rating ON posts (rating) WHERE rating <> 's';

CREATE INDEX index_posts_on_last_comment_bumped_at ON posts (last_comment_bumped_at DESC NULLS LAST);

CREATE INDEX index_posts_on_last_noted_at ON posts (last_noted_at DESC NULLS LAST);

CREATE INDEX index_posts_on_source_trgm ON posts USING gin (source public.gin_trgm_ops);

CREATE TABLE media_assets (
    id bigint PRIMARY KEY,
    created_at timestamp(6) NOT NULL,
    updated_at timestamp(6) NOT NULL,
    md5 varchar NOT NULL,
    file_ext varchar NOT NULL,
    file_size integer NOT NULL,
    image_width integer NOT NULL,
    image_height integer NOT NULL,
    duration double precision,
    status integer NOT NULL DEFAULT 200,
    file_key varchar NOT NULL,
    is_public boolean NOT NULL DEFAULT true,
    pixel_hash uuid NOT NULL
);

CREATE INDEX index_media_assets_on_file_ext ON media_assets (file_ext);

CREATE INDEX index_media_assets_on_file_size ON media_assets (file_size);

CREATE INDEX index_media_assets_on_image_height ON media_assets (image_height);

CREATE INDEX index_media_assets_on_image_width ON media_assets (image_width);

CREATE INDEX index_media_assets_on_md5 ON media_assets (md5);

CREATE INDEX index_media_assets_on_pixel_hash ON media_assets (pixel_hash);

CREATE INDEX index_media_assets_on_duration ON media_assets (duration) WHERE duration IS NOT NULL;

CREATE UNIQUE INDEX index_media_assets_on_file_key ON media_assets (file_key);

CREATE INDEX index_media_assets_on_status ON media_assets (status) WHERE status <> 200;

CREATE UNIQUE INDEX index_media_assets_on_md5_and_status ON media_assets (md5) WHERE status IN (100, 200);

CREATE TABLE media_metadata (
    id bigint PRIMARY KEY,
    media_asset_id bigint NOT NULL,
    metadata jsonb NOT NULL,
    created_at timestamp(6) NOT NULL,
    updated_at timestamp(6) NOT NULL
);

CREATE UNIQUE INDEX index_media_metadata_on_media_asset_id ON media_metadata (media_asset_id);

CREATE INDEX index_media_metadata_on_metadata ON media_metadata USING gin (metadata);

CREATE TABLE ai_tags (
    media_asset_id integer NOT NULL,
    tag_id integer NOT NULL,
    score smallint NOT NULL
);

CREATE INDEX index_ai_tags_on_media_asset_id ON ai_tags (media_asset_id);

CREATE INDEX index_ai_tags_on_score ON ai_tags (score);

CREATE INDEX index_ai_tags_on_tag_id_and_score ON ai_tags (tag_id, score);

CREATE TABLE tags (
    id integer PRIMARY KEY,
    name varchar NOT NULL,
    post_count integer NOT NULL DEFAULT 0,
    category integer NOT NULL DEFAULT 0,
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL,
    is_deprecated boolean NOT NULL DEFAULT false,
    words varchar[] NOT NULL DEFAULT '{}'
);

CREATE UNIQUE INDEX index_tags_on_name ON tags (name);

CREATE INDEX index_tags_on_name_pattern ON tags (name text_pattern_ops);

CREATE INDEX index_tags_on_name_trgm ON tags USING gin (name public.gin_trgm_ops);

CREATE INDEX index_tags_on_post_count ON tags (post_count);

CREATE TABLE tag_aliases (
    id integer PRIMARY KEY,
    antecedent_name varchar NOT NULL,
    consequent_name varchar NOT NULL,
    creator_id integer NOT NULL,
    approver_id integer,
    forum_topic_id integer,
    forum_post_id integer,
    status varchar NOT NULL DEFAULT 'active',
    reason text NOT NULL DEFAULT '',
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL
);

CREATE INDEX index_tag_aliases_on_antecedent_name ON tag_aliases (antecedent_name);

CREATE INDEX index_tag_aliases_on_consequent_name ON tag_aliases (consequent_name);

CREATE TABLE tag_implications (LIKE tag_aliases INCLUDING ALL);

CREATE TABLE favorites (
    id integer PRIMARY KEY,
    user_id integer NOT NULL,
    post_id integer NOT NULL
);

CREATE UNIQUE INDEX index_favorites_on_user_id_and_post_id ON favorites (user_id, post_id);

CREATE INDEX index_favorites_on_user_id_and_id ON favorites (user_id, id);

CREATE INDEX index_favorites_on_post_id ON favorites (post_id);

CREATE TABLE favorite_groups (
    id integer PRIMARY KEY,
    name text NOT NULL,
    creator_id integer NOT NULL,
    post_ids integer[] NOT NULL DEFAULT '{}',
    is_public boolean NOT NULL DEFAULT true,
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL
);

CREATE INDEX index_favorite_groups_on_post_ids ON favorite_groups USING gin (post_ids);

CREATE INDEX index_favorite_groups_on_lower_name ON favorite_groups (lower(name));

CREATE INDEX index_favorite_groups_on_creator_id ON favorite_groups (creator_id);

CREATE TABLE pools (
    id integer PRIMARY KEY,
    name text NOT NULL,
    description text,
    is_active boolean NOT NULL DEFAULT true,
    is_deleted boolean NOT NULL DEFAULT false,
    post_ids integer[] NOT NULL DEFAULT '{}',
    category varchar NOT NULL DEFAULT 'series',
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL
);

CREATE INDEX index_pools_on_post_ids ON pools USING gin (post_ids);

CREATE INDEX index_pools_on_lower_name ON pools (lower(name));

CREATE INDEX index_pools_on_name_trgm ON pools USING gin (name public.gin_trgm_ops);

CREATE INDEX index_pools_on_category ON pools (category);

CREATE TABLE post_votes (
    id integer PRIMARY KEY,
    post_id integer NOT NULL,
    user_id integer NOT NULL,
    score integer NOT NULL,
    is_deleted boolean DEFAULT false,
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL
);

CREATE UNIQUE INDEX index_post_votes_on_user_id_and_post_id ON post_votes (user_id, post_id) WHERE is_deleted = false;

CREATE INDEX index_post_votes_on_post_id ON post_votes (post_id);

CREATE INDEX index_post_votes_on_user_id ON post_votes (user_id);

CREATE TABLE comments (
    id integer PRIMARY KEY,
    post_id integer NOT NULL,
    creator_id integer NOT NULL,
    body text NOT NULL,
    score integer NOT NULL DEFAULT 0,
    updater_id integer,
    do_not_bump_post boolean NOT NULL DEFAULT false,
    is_deleted boolean NOT NULL DEFAULT false,
    is_sticky boolean NOT NULL DEFAULT false,
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL
);

CREATE INDEX index_comments_on_post_id ON comments (post_id);

CREATE INDEX index_comments_on_creator_id_and_post_id ON comments (creator_id, post_id);

CREATE INDEX index_comments_on_body_tsvector ON comments USING gin (to_tsvector('english', body));

CREATE TABLE notes (
    id integer PRIMARY KEY,
    post_id integer NOT NULL,
    x integer NOT NULL,
    y integer NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    body text NOT NULL,
    version integer NOT NULL DEFAULT 0,
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL
);

CREATE INDEX index_notes_on_post_id ON notes (post_id);

CREATE INDEX index_notes_on_body_tsvector ON notes USING gin (to_tsvector('english', body));

CREATE TABLE note_versions (
    id integer PRIMARY KEY,
    note_id integer NOT NULL,
    post_id integer NOT NULL,
    updater_id integer NOT NULL,
    x integer NOT NULL,
    y integer NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    body text NOT NULL,
    version integer NOT NULL DEFAULT 0,
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL
);

CREATE INDEX index_note_versions_on_post_id ON note_versions (post_id);

CREATE INDEX index_note_versions_on_updater_id_and_post_id ON note_versions (updater_id, post_id);

CREATE TABLE post_flags (
    id integer PRIMARY KEY,
    post_id integer NOT NULL,
    creator_id integer NOT NULL,
    reason text NOT NULL,
    is_resolved boolean NOT NULL DEFAULT false,
    status integer NOT NULL DEFAULT 0,
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL
);

CREATE INDEX index_post_flags_on_post_id ON post_flags (post_id);

CREATE INDEX index_post_flags_on_creator_id ON post_flags (creator_id);

CREATE INDEX index_post_flags_on_status ON post_flags (status);

CREATE TABLE post_appeals (
    id integer PRIMARY KEY,
    post_id integer NOT NULL,
    creator_id integer NOT NULL,
    reason text NOT NULL,
    status integer NOT NULL DEFAULT 0,
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL
);

CREATE INDEX index_post_appeals_on_post_id ON post_appeals (post_id);

CREATE INDEX index_post_appeals_on_creator_id ON post_appeals (creator_id);

CREATE INDEX index_post_appeals_on_status ON post_appeals (status);

CREATE TABLE post_approvals (
    id integer PRIMARY KEY,
    user_id integer NOT NULL,
    post_id integer NOT NULL,
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL
);

CREATE INDEX index_post_approvals_on_post_id ON post_approvals (post_id);

CREATE INDEX index_post_approvals_on_user_id ON post_approvals (user_id);

CREATE TABLE post_disapprovals (
    id integer PRIMARY KEY,
    user_id integer NOT NULL,
    post_id integer NOT NULL,
    reason varchar NOT NULL,
    message text,
    created_at timestamp,
    updated_at timestamp
);

CREATE UNIQUE INDEX index_post_disapprovals_on_user_id_and_post_id ON post_disapprovals (user_id, post_id);

CREATE INDEX index_post_disapprovals_on_post_id ON post_disapprovals (post_id);

CREATE INDEX index_post_disapprovals_on_user_id ON post_disapprovals (user_id);

CREATE TABLE post_replacements (
    id integer PRIMARY KEY,
    post_id integer NOT NULL,
    creator_id integer NOT NULL,
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL
);

CREATE INDEX index_post_replacements_on_post_id ON post_replacements (post_id);

CREATE TABLE artist_commentaries (
    id integer PRIMARY KEY,
    post_id integer NOT NULL,
    original_title text NOT NULL DEFAULT '',
    original_description text NOT NULL DEFAULT '',
    translated_title text NOT NULL DEFAULT '',
    translated_description text NOT NULL DEFAULT '',
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL
);

CREATE UNIQUE INDEX index_artist_commentaries_on_post_id ON artist_commentaries (post_id);

CREATE INDEX index_artist_commentaries_on_created_at ON artist_commentaries (created_at);

CREATE TABLE artist_commentary_versions (
    id integer PRIMARY KEY,
    post_id integer NOT NULL,
    updater_id integer NOT NULL,
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL
);

CREATE INDEX index_artist_commentary_versions_on_post_id ON artist_commentary_versions (post_id);

CREATE TABLE saved_searches (
    id integer PRIMARY KEY,
    user_id integer NOT NULL,
    query varchar NOT NULL,
    labels text[] NOT NULL DEFAULT '{}',
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL
);

CREATE TABLE dtext_links (
    id bigint PRIMARY KEY,
    model_type varchar NOT NULL,
    model_id bigint NOT NULL,
    link_type integer NOT NULL,
    link_target varchar NOT NULL,
    created_at timestamp(6) NOT NULL,
    updated_at timestamp(6) NOT NULL
);

CREATE INDEX index_dtext_links_on_link_target ON dtext_links (link_target text_pattern_ops);

CREATE INDEX index_dtext_links_on_link_type ON dtext_links (link_type);

CREATE INDEX index_dtext_links_on_model_type_and_model_id ON dtext_links (model_type, model_id);

CREATE TABLE reactions (
    id integer PRIMARY KEY,
    creator_id integer NOT NULL,
    reaction_id integer NOT NULL,
    model_type varchar NOT NULL,
    model_id integer NOT NULL,
    created_at timestamp(6) NOT NULL,
    updated_at timestamp(6) NOT NULL
);

CREATE INDEX index_reactions_on_creator_id ON reactions (creator_id);

CREATE INDEX index_reactions_on_model ON reactions (model_type, model_id);

CREATE TABLE users (
    id integer PRIMARY KEY,
    name varchar NOT NULL,
    level integer NOT NULL,
    created_at timestamp NOT NULL,
    updated_at timestamp,
    bit_prefs bigint NOT NULL,
    is_deleted boolean NOT NULL DEFAULT false,
    post_upload_count integer NOT NULL DEFAULT 0,
    post_update_count integer NOT NULL DEFAULT 0,
    note_update_count integer NOT NULL DEFAULT 0,
    favorite_count integer NOT NULL DEFAULT 0
);

CREATE UNIQUE INDEX index_users_on_name ON users (lower(name::text));

CREATE INDEX index_users_on_enable_private_favorites ON users (bit_prefs) WHERE get_bit(bit_prefs::bit(31), 24) = 1;
